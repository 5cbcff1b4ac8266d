// Extended attributes as they stand on a backing file.
#pragma once
#include "value.h"
#include <linux/limits.h>

bool xattr_is_sealed(const char *backing);
// The plain name's length, or 0 where the name is none of ours.
size_t xattr_open_name(const char *backing, char plain[XATTR_NAME_MAX + 1]);
// Its value in clear, at most VALUE_MAX bytes: how many, or a negative errno.
ssize_t xattr_read_value(const char *path, const char *backing, uint8_t *plain);
