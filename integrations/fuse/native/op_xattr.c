#include "attributes.h"
#include "base64url.h"
#include "operations.h"
#include "siv.h"
#include "value.h"
#include "xattr_name.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

// Names in the user and trusted spaces are sealed as `user.hufu.` and base64url. Access lists and capabilities
// stay as they are: the kernel and the backing file system act on them, as on modes.
#define SEALED_PREFIX "user.hufu."
static const uint8_t name_domain[DIR_ID_SIZE] = "hufu xattr names";

bool xattr_is_plain(const char *name) { return strncmp(name, "system.posix_acl_", 17) == 0 || strncmp(name, "security.", 9) == 0; }

int xattr_seal_name(const char *plain, char backing[XATTR_NAME_MAX + 1]) {
  uint8_t sealed[XATTR_NAME_MAX + SIV_TAG_SIZE];
  size_t size = strlen(plain);
  if (xattr_is_plain(plain)) {
    strcpy(backing, plain);
    return 0;
  }
  if (strncmp(plain, "user.", 5) != 0 && strncmp(plain, "trusted.", 8) != 0) return -EOPNOTSUPP;
  if (strlen(SEALED_PREFIX) + base64url_size(size + SIV_TAG_SIZE) > XATTR_NAME_MAX) return -ERANGE;
  pthread_rwlock_rdlock(&volume.keys_lock);
  int failed = volume.keys.present ? siv_seal(volume.keys.name, name_domain, sizeof name_domain, (const uint8_t *)plain, size, sealed) : -EACCES;
  pthread_rwlock_unlock(&volume.keys_lock);
  strcpy(backing, SEALED_PREFIX);
  base64url_encode(sealed, size + SIV_TAG_SIZE, backing + strlen(SEALED_PREFIX));
  return failed;
}

bool xattr_is_sealed(const char *backing) { return strncmp(backing, SEALED_PREFIX, strlen(SEALED_PREFIX)) == 0; }

size_t xattr_open_name(const char *backing, char plain[XATTR_NAME_MAX + 1]) {
  uint8_t sealed[XATTR_NAME_MAX];
  if (xattr_is_plain(backing)) {
    strcpy(plain, backing);
    return strlen(plain);
  }
  if (strncmp(backing, SEALED_PREFIX, strlen(SEALED_PREFIX)) != 0) return 0;
  const char *text = backing + strlen(SEALED_PREFIX);
  ssize_t size = base64url_decode(text, strlen(text), sealed);
  if (size <= SIV_TAG_SIZE) return 0;
  pthread_rwlock_rdlock(&volume.keys_lock);
  int failed = volume.keys.present ? siv_open(volume.keys.name, name_domain, sizeof name_domain, sealed, (size_t)size, (uint8_t *)plain) : -EACCES;
  pthread_rwlock_unlock(&volume.keys_lock);
  if (failed) return 0;
  plain[size - SIV_TAG_SIZE] = 0;
  return (size_t)size - SIV_TAG_SIZE;
}

// The path by which an attribute of the node is reached, through a descriptor that is closed again.
static int open_path(struct node *node, char path[32]) {
  struct place place;
  pthread_rwlock_rdlock(&tree_lock);
  int fd = place_hold(node, &place);
  if (fd == 0) {
    fd = place.name[0] ? openat(place.fd, place.name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : dup(place.fd);
    if (fd < 0) fd = -errno;
    place_release(&place);
  }
  pthread_rwlock_unlock(&tree_lock);
  if (fd >= 0) descriptor_path(fd, path);
  return fd;
}

typedef ssize_t reader(const char *path, const char *backing, void *value, size_t size);

static ssize_t read_value_by(reader *get, const char *path, const char *backing, uint8_t *plain) {
  static _Thread_local uint8_t sealed[VALUE_MAX + VALUE_OVERHEAD];
  bool as_is = xattr_is_plain(backing);
  ssize_t size = get(path, backing, as_is ? plain : sealed, VALUE_MAX);
  if (size < 0) return -errno;
  if (as_is) return size;
  int failed = value_open(backing, sealed, (size_t)size, plain);
  return failed ? failed : size - VALUE_OVERHEAD;
}

ssize_t xattr_read_value(const char *path, const char *backing, uint8_t *plain) { return read_value_by(getxattr, path, backing, plain); }
ssize_t xattr_read_own_value(const char *path, const char *backing, uint8_t *plain) { return read_value_by(lgetxattr, path, backing, plain); }

int xattr_answer_sized(struct request *request, struct answer *answer, ssize_t size, size_t room) {
  if (size < 0) return (int)size;
  if (room == 0) {
    struct fuse_getxattr_out *out = (void *)request->reply;
    *out = (struct fuse_getxattr_out){.size = (uint32_t)size};
    *answer = (struct answer){out, sizeof *out};
    return 0;
  }
  if ((size_t)size > room) return -ERANGE;
  *answer = (struct answer){request->reply, (size_t)size};
  return 0;
}

int op_getxattr(struct request *request, struct answer *answer) {
  const struct fuse_getxattr_in *in = (const void *)request->argument;
  char backing[XATTR_NAME_MAX + 1], path[32];
  int failed = xattr_seal_name((const char *)(in + 1), backing);
  if (failed) return failed;
  int fd = open_path(node_of(request->in->nodeid), path);
  if (fd < 0) return fd;
  ssize_t size = xattr_read_value(path, backing, request->reply);
  close(fd);
  return xattr_answer_sized(request, answer, size, in->size);
}

int op_setxattr(struct request *request, struct answer *answer) {
  const struct fuse_setxattr_in *in = (const void *)request->argument;
  const char *name = (const char *)request->argument + FUSE_COMPAT_SETXATTR_IN_SIZE;
  const uint8_t *value = (const uint8_t *)name + strlen(name) + 1;
  static _Thread_local uint8_t sealed[VALUE_MAX + VALUE_OVERHEAD];
  char backing[XATTR_NAME_MAX + 1], path[32];
  (void)answer;
  if (value + in->size > request->argument + request->argument_size) return -EINVAL;
  if (in->size > VALUE_MAX - VALUE_OVERHEAD) return -E2BIG;
  int failed = xattr_seal_name(name, backing);
  bool as_is = xattr_is_plain(name);
  if (!failed && !as_is) failed = value_seal(backing, value, in->size, sealed);
  if (failed) return failed;
  int fd = open_path(node_of(request->in->nodeid), path);
  if (fd < 0) return fd;
  if (setxattr(path, backing, as_is ? value : sealed, in->size + (as_is ? 0 : VALUE_OVERHEAD), (int)in->flags)) failed = -errno;
  close(fd);
  return failed;
}

int op_listxattr(struct request *request, struct answer *answer) {
  const struct fuse_getxattr_in *in = (const void *)request->argument;
  static _Thread_local char names[XATTR_LIST_MAX];
  char path[32], plain[XATTR_NAME_MAX + 1];
  int fd = open_path(node_of(request->in->nodeid), path);
  if (fd < 0) return fd;
  ssize_t total = listxattr(path, names, sizeof names), used = 0;
  int error = errno;
  close(fd);
  if (total < 0) return -error;
  for (char *name = names; name < names + total; name += strlen(name) + 1) {
    size_t length = xattr_open_name(name, plain);
    if (length == 0) continue;
    memcpy(request->reply + used, plain, length + 1);
    used += (ssize_t)length + 1;
  }
  return xattr_answer_sized(request, answer, used, in->size);
}

int op_removexattr(struct request *request, struct answer *answer) {
  char backing[XATTR_NAME_MAX + 1], path[32];
  (void)answer;
  int failed = xattr_seal_name((const char *)request->argument, backing);
  if (failed) return failed;
  int fd = open_path(node_of(request->in->nodeid), path);
  if (fd < 0) return fd;
  if (removexattr(path, backing)) failed = -errno;
  close(fd);
  return failed;
}
