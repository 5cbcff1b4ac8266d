// The bytes of backing files: whole reads and writes, and changes that a killed server leaves done or undone.
#pragma once
#include "file.h"

int store_read(int fd, uint8_t *bytes, size_t size, uint64_t offset, size_t *got);
int store_write(int fd, const uint8_t *bytes, size_t size, uint64_t offset);
// Does the change to the file. When the store refuses in its midst, what it had grown by is cut again.
int store_change(struct file *file, struct journal_slot *slot, const struct change *change);
// Does it, with no journal: also what a killed server had begun.
int store_apply(int fd, const uint8_t *bytes, const struct change *change);
