// Memory for keys: outside every heap, not swapped where that is permitted, left out of core dumps, zero in a forked
// child, zeroised when freed and at exit. Any thread may use it.
#ifndef HUFU_SECRET_MEMORY_H
#define HUFU_SECRET_MEMORY_H

#include <stddef.h>

// Zeroed memory, aligned to 64 bytes; null when there is none.
void *secret_alloc(size_t size);
// Zeroises. `size` as it was allocated; null is allowed.
void secret_free(void *memory, size_t size);

#endif
