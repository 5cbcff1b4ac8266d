#include "attributes.h"
#include "reverse.h"
#include "synthetic.h"
#include "xattr_name.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

// An entry whose attributes are read: by its path through a descriptor, and sealed by its id.
struct subject {
  int fd;
  char path[32];
  uint8_t id[DIR_ID_SIZE];
};

static int open_place(struct node *node, const struct place *place, struct subject *subject) {
  struct stat st;
  subject->fd = openat(place->fd, place->name[0] ? place->name : ".", O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (subject->fd < 0) return -errno;
  int failed = fstat(subject->fd, &st) ? -errno : st.st_ino != node->inode || st.st_dev != node->device ? -ESTALE : 0;
  if (!failed) failed = reverse_entry_id(node, place, &st, subject->id);
  if (failed) close(subject->fd);
  return failed;
}

// -ENODATA for a file that the view made: it has none.
static int subject_open(struct node *node, struct subject *subject) {
  struct place place;
  if (node->device >= DEVICE_HEADER) return -ENODATA;
  int failed = place_hold(node, &place);
  if (failed) return failed;
  failed = open_place(node, &place, subject);
  place_release(&place);
  if (!failed) descriptor_path(subject->fd, subject->path);
  return failed;
}

static ssize_t seal_value(const struct subject *subject, const char *plain_name, const char *backing, uint8_t *sealed) {
  static _Thread_local uint8_t value[VALUE_MAX];
  ssize_t size = getxattr(subject->path, plain_name, value, sizeof value);
  if (size < 0) return -errno;
  if (size > VALUE_MAX - VALUE_OVERHEAD) return -E2BIG;
  int failed = synthetic_nonce(subject->id, backing, value, (size_t)size, sealed);
  if (!failed) failed = value_seal_by(backing, value, (size_t)size, sealed);
  return failed ? failed : size + VALUE_OVERHEAD;
}

static ssize_t value_of(const struct subject *subject, const char *backing, uint8_t *reply) {
  char plain[XATTR_NAME_MAX + 1];
  if (xattr_is_plain(backing)) {
    ssize_t size = getxattr(subject->path, backing, reply, VALUE_MAX);
    return size < 0 ? -errno : size;
  }
  return xattr_open_name(backing, plain) > 0 ? seal_value(subject, plain, backing, reply) : -ENODATA;
}

int reverse_getxattr(struct request *request, struct answer *answer) {
  const struct fuse_getxattr_in *in = (const void *)request->argument;
  struct subject subject;
  int failed = subject_open(node_of(request->in->nodeid), &subject);
  if (failed) return failed;
  ssize_t size = value_of(&subject, (const char *)(in + 1), request->reply);
  close(subject.fd);
  return xattr_answer_sized(request, answer, size, in->size);
}

static ssize_t sealed_names(const char *names, ssize_t total, char *reply) {
  ssize_t used = 0;
  for (const char *name = names; name < names + total; name += strlen(name) + 1) {
    char backing[XATTR_NAME_MAX + 1];
    int failed = xattr_seal_name(name, backing);
    if (failed == -ERANGE) log_line("an attribute whose name has %zu bytes is not shown: 167 are possible", strlen(name));
    if (failed == -EACCES) return failed;
    if (failed) continue;
    strcpy(reply + used, backing);
    used += (ssize_t)strlen(backing) + 1;
  }
  return used;
}

int reverse_listxattr(struct request *request, struct answer *answer) {
  const struct fuse_getxattr_in *in = (const void *)request->argument;
  static _Thread_local char names[XATTR_LIST_MAX];
  struct subject subject;
  int failed = subject_open(node_of(request->in->nodeid), &subject);
  if (failed == -ENODATA) return xattr_answer_sized(request, answer, 0, in->size);
  if (failed) return failed;
  ssize_t total = listxattr(subject.path, names, sizeof names), used = total < 0 ? -errno : 0;
  close(subject.fd);
  if (total > 0) used = sealed_names(names, total, (char *)request->reply);
  return xattr_answer_sized(request, answer, used, in->size);
}
