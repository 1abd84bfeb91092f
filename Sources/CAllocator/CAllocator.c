#include "CAllocator.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

void callocator_keep_little(void) {
  // One arena: a few threads that allocate little gain nothing from more, and each keeps what it once needed.
  mallopt(M_ARENA_MAX, 1);
  // Large blocks are mappings of their own, which go back to the system when they are freed. By default the limit
  // rises with the first one that is freed, and from then on they stay in the heap.
  mallopt(M_MMAP_THRESHOLD, 64 << 10);
  mallopt(M_TRIM_THRESHOLD, 64 << 10);
}
#else
void callocator_keep_little(void) {}
#endif
