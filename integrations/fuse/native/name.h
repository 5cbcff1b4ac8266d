// Names: sealed by AES-SIV under the name key with the directory's id as associated data.
#pragma once
#include "volume.h"
#include <limits.h>

#define DIR_ID_FILE "hufu.dir"
#define LONG_PREFIX "hufu.long."
#define LONG_SUFFIX ".name"
#define TEMPORARY_PREFIX "hufu.new."

struct name {
  char backing[NAME_MAX + 1];        // what stands in the backing directory
  char sealed[NAME_MAX_SEALED + 1];  // the sealed name; longer than `backing` may be, where is_long
  bool is_long;                      // `sealed` is kept in the sidecar file
};

// 0, -ENAMETOOLONG over 255 bytes, -EIO.
int name_seal(const uint8_t dir_id[DIR_ID_SIZE], const char *plain, size_t size, struct name *name);
// Opens the sealed name into `plain` (256 bytes); its length, or -EBADMSG when it is not one of this directory.
int name_open(const uint8_t dir_id[DIR_ID_SIZE], const char *sealed, char *plain);
bool name_is_own(const char *backing); // a file of the format's own, never shown
bool name_is_long(const char *backing);
void name_sidecar(const char *backing, char sidecar[NAME_MAX + 1]);
// Reads the sealed name of a long entry from its sidecar: 0 or a negative errno.
int name_read_long(int dir_fd, const char *backing, char sealed[NAME_MAX_SEALED + 1]);
// Writes the sidecar of a long name (nothing for a short one); removes it.
int name_write_sidecar(int dir_fd, const struct name *name);
void name_remove_sidecar(int dir_fd, const char *backing);
