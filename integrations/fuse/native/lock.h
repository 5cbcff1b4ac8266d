// The lock of a volume's directory: one writer, or any number of readers.
#pragma once
#include <stdbool.h>

// Takes it for this descriptor. 0 or a negative errno, -EAGAIN where another keeps it.
int lock_take(int root_fd, bool shared);
// Whether a writer has it.
bool lock_is_taken(int root_fd);
