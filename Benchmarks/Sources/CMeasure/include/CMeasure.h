#ifndef CMEASURE_H
#define CMEASURE_H

#include <stddef.h>

// Bytes that are allocated and not freed, by the allocator's own count.
size_t cmeasure_live_bytes(void);

// How often memory was allocated since the start of the process.
size_t cmeasure_allocations(void);

#endif
