#ifndef CALLOCATOR_H
#define CALLOCATOR_H

// Makes glibc's allocator give memory back that was needed once; does nothing with another allocator.
void callocator_keep_little(void);

#endif
