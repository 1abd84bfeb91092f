#ifndef CALLOCATOR_H
#define CALLOCATOR_H

// Makes glibc's allocator give memory back that was needed once; does nothing with another allocator.
void callocator_keep_little(void);

// Gives back what only the start of the program needed: freed pieces of the heap, and the pages of code and constants, which come
// back from the page cache when they are touched again. Any thread, at any time.
void callocator_leave_start(void);

#endif
