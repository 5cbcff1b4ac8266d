// The set-id bits of a file, which go when somebody without the privilege writes to it, cuts it or gives it away.
#pragma once
#include "channel.h"

// Those that go by what the caller does. That the caller lacks the privilege is known already, where it matters.
mode_t set_ids_to_drop(const struct request *request, const struct stat *st);
// Takes them away. 0 or a negative errno.
int set_ids_drop(const struct request *request, const struct file *file);
// As set_ids_drop, where the kernel does not tell whether the caller lacks the privilege.
int set_ids_drop_unless_privileged(const struct request *request, const struct file *file);
