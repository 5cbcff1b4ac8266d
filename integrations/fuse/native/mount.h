// Mounting and unmounting: by mount(2) where the process may, otherwise by the setuid helper fusermount3.
#pragma once
#include <stdbool.h>

struct mounting {
  const char *mountpoint, *source; // the source is what `mount` shows
  bool read_only, allow_other;
};

// The descriptor of the FUSE device, or a negative errno.
int mount_fuse(const struct mounting *mounting);
// 0 or a negative errno. `lazy` detaches at once and ends when the last user is gone.
int unmount_fuse(const char *mountpoint, bool lazy);
