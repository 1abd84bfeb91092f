#ifndef CALLOCATOR_H
#define CALLOCATOR_H

// Makes glibc's allocator give memory back that was needed once; does nothing with another allocator.
void callocator_keep_little(void);

// Gives back the pages of code and constants, most of which only the start of the program needed; they come back from the page
// cache when they are touched again. Any thread, at any time.
void callocator_leave_start(void);

#endif
