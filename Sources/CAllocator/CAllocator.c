#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "CAllocator.h"

#include <stdint.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

void callocator_keep_little(void) {
  // One arena: a few threads that allocate little gain nothing from more, and each keeps what it once needed.
  mallopt(M_ARENA_MAX, 1);
  // Large blocks are mappings of their own, which go back to the system when they are freed. By default the limit
  // rises with the first one that is freed, and from then on they stay in the heap.
  mallopt(M_MMAP_THRESHOLD, 64 << 10);
  mallopt(M_TRIM_THRESHOLD, 64 << 10);
}

static int is_patched(const struct dl_phdr_info *object) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    if (object->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL))) return 1;
    }
  }
  return 0;
}

static int unmap_unwritten(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  uintptr_t page = *(uintptr_t *)context;
  // Pages that the dynamic linker wrote to exist nowhere else.
  if (is_patched(object)) return 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
    uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & -page;
    uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz + page - 1) & -page;
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void callocator_leave_start(void) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  dl_iterate_phdr(unmap_unwritten, &page);
}
#else
void callocator_keep_little(void) {}
void callocator_leave_start(void) {}
#endif
