#ifndef HUFU_WIPE_H
#define HUFU_WIPE_H

#include <string.h>

// Zeroes memory that is not read again; the compiler may not leave it out.
static inline void wipe(void *memory, size_t size) {
  memset(memory, 0, size);
  __asm__ volatile("" : : "r"(memory) : "memory");
}

#endif
