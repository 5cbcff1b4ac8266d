// Extended attributes as they stand on a backing file.
#pragma once
#include "channel.h"
#include "value.h"
#include <linux/limits.h>

// Access lists and capabilities, which stand as they are.
bool xattr_is_plain(const char *name);
// The name on the backing file: -EOPNOTSUPP in a space that is not kept, -ERANGE where it is too long.
int xattr_seal_name(const char *plain, char backing[XATTR_NAME_MAX + 1]);
// Answers the size alone where there is no room for the bytes, which stand in the reply.
int xattr_answer_sized(struct request *request, struct answer *answer, ssize_t size, size_t room);
bool xattr_is_sealed(const char *backing);
// The plain name's length, or 0 where the name is none of ours.
size_t xattr_open_name(const char *backing, char plain[XATTR_NAME_MAX + 1]);
// Its value in clear, at most VALUE_MAX bytes: how many, or a negative errno.
ssize_t xattr_read_value(const char *path, const char *backing, uint8_t *plain);
// The same of what stands at the path itself, be it a symlink.
ssize_t xattr_read_own_value(const char *path, const char *backing, uint8_t *plain);
