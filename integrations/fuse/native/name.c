#include "name.h"
#include "base64url.h"
#include "siv.h"
#include "suite.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool starts_with(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

static bool ends_with(const char *text, const char *suffix) {
  size_t length = strlen(text), tail = strlen(suffix);
  return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

static int shorten(struct name *name) {
  uint8_t hash[32];
  char text[base64url_size(32) + 1];
  unsigned size;
  if (!EVP_Digest(name->sealed, strlen(name->sealed), hash, &size, suite_hash(), NULL)) return -EIO;
  base64url_encode(hash, sizeof hash, text);
  snprintf(name->backing, sizeof name->backing, LONG_PREFIX "%s", text);
  return 0;
}

int name_seal(const uint8_t dir_id[DIR_ID_SIZE], const char *plain, size_t size, struct name *name) {
  uint8_t sealed[NAME_MAX_PLAIN + SIV_TAG_SIZE];
  if (size > NAME_MAX_PLAIN) return -ENAMETOOLONG;
  pthread_rwlock_rdlock(&volume.keys_lock);
  int failed = volume.keys.present ? siv_seal(volume.keys.name, dir_id, DIR_ID_SIZE, (const uint8_t *)plain, size, sealed) : -EACCES;
  pthread_rwlock_unlock(&volume.keys_lock);
  if (failed) return failed;
  base64url_encode(sealed, size + SIV_TAG_SIZE, name->sealed);
  name->is_long = strlen(name->sealed) > NAME_MAX;
  if (name->is_long) return shorten(name);
  strcpy(name->backing, name->sealed);
  return 0;
}

int name_open(const uint8_t dir_id[DIR_ID_SIZE], const char *sealed, char *plain) {
  uint8_t bytes[NAME_MAX_PLAIN + SIV_TAG_SIZE + 2];
  size_t length = strlen(sealed);
  if (length > NAME_MAX_SEALED) return -EBADMSG;
  ssize_t size = base64url_decode(sealed, length, bytes);
  if (size <= SIV_TAG_SIZE || size > NAME_MAX_PLAIN + SIV_TAG_SIZE) return -EBADMSG;
  pthread_rwlock_rdlock(&volume.keys_lock);
  int failed = volume.keys.present ? siv_open(volume.keys.name, dir_id, DIR_ID_SIZE, bytes, (size_t)size, (uint8_t *)plain) : -EACCES;
  pthread_rwlock_unlock(&volume.keys_lock);
  if (failed) return failed;
  size -= SIV_TAG_SIZE;
  plain[size] = 0;
  return (int)size;
}

bool name_is_long(const char *backing) { return starts_with(backing, LONG_PREFIX) && !ends_with(backing, LONG_SUFFIX); }

bool name_is_own(const char *backing) { return starts_with(backing, "hufu.") && !name_is_long(backing); }

void name_sidecar(const char *backing, char sidecar[NAME_MAX + 1]) {
  snprintf(sidecar, NAME_MAX + 1, "%.*s" LONG_SUFFIX, (int)(NAME_MAX - strlen(LONG_SUFFIX)), backing);
}

int name_read_long(int dir_fd, const char *backing, char sealed[NAME_MAX_SEALED + 1]) {
  char sidecar[NAME_MAX + 1];
  name_sidecar(backing, sidecar);
  int fd = openat(dir_fd, sidecar, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  ssize_t size = read(fd, sealed, NAME_MAX_SEALED);
  close(fd);
  if (size < 0) return -EIO;
  sealed[size] = 0;
  return 0;
}

// Its bytes follow from its name, so writing it again changes nothing for those who read it meanwhile.
int name_write_sidecar(int dir_fd, const struct name *name) {
  char sidecar[NAME_MAX + 1];
  if (!name->is_long) return 0;
  name_sidecar(name->backing, sidecar);
  int fd = openat(dir_fd, sidecar, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  size_t size = strlen(name->sealed);
  int failed = write(fd, name->sealed, size) == (ssize_t)size && fdatasync(fd) == 0 ? 0 : -EIO;
  close(fd);
  return failed;
}

void name_remove_sidecar(int dir_fd, const char *backing) {
  char sidecar[NAME_MAX + 1];
  if (!name_is_long(backing)) return;
  name_sidecar(backing, sidecar);
  unlinkat(dir_fd, sidecar, 0);
}
