#include "operations.h"
#include "removal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct renaming {
  struct node *from, *to;
  int from_fd, to_fd;
  struct name old, new;
  bool replaces;                 // the last name of a file, which is forgotten then, and its node if the kernel knows it
  struct node *target;
  uint8_t replaced[OBJECT_SIZE];
};

// What stands at the new name makes way: a file keeps its descriptor, an empty directory is removed. 1 where it is the same file.
static int clear_target(struct renaming *r) {
  struct stat source, target;
  if (fstatat(r->to_fd, r->new.backing, &target, AT_SYMLINK_NOFOLLOW)) return errno == ENOENT ? 0 : -errno;
  if (fstatat(r->from_fd, r->old.backing, &source, AT_SYMLINK_NOFOLLOW)) return -errno;
  if (source.st_ino == target.st_ino && source.st_dev == target.st_dev) return 1;
  if (S_ISDIR(target.st_mode)) return S_ISDIR(source.st_mode) ? remove_directory(r->to, r->to_fd, r->new.backing) : -EISDIR;
  if (S_ISDIR(source.st_mode)) return -ENOTDIR;
  struct node *node = node_known(&target);
  bool last = S_ISREG(target.st_mode) && target.st_nlink == 1;
  r->replaces = volume.integrity && last && integrity_entry(r->to->dir_id, r->new.backing, r->replaced) == KNOWN;
  r->target = node;
  if (node) node_unlinked(node, r->to, r->new.backing, openat(r->to_fd, r->new.backing, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  return 0;
}

static void move_node(struct node *parent, int fd, const char *backing) {
  struct stat st;
  struct node *node = fstatat(fd, backing, &st, AT_SYMLINK_NOFOLLOW) ? NULL : node_known(&st);
  if (node) node_moved(node, parent, backing);
}

// Noted first, and noted back where it fails.
static int move_entry(struct renaming *r, unsigned flags) {
  uint8_t from[OBJECT_SIZE], to[OBJECT_SIZE];
  enum known from_known = KNOWN_NOT, to_known = KNOWN_NOT;
  if (volume.integrity) {
    from_known = integrity_entry(r->from->dir_id, r->old.backing, from);
    to_known = integrity_entry(r->to->dir_id, r->new.backing, to);
    int failed = integrity_rename((struct integrity_place){r->from->dir_id, r->old.backing}, (struct integrity_place){r->to->dir_id, r->new.backing}, flags == RENAME_EXCHANGE);
    if (failed) return failed;
  }
  if (renameat2(r->from_fd, r->old.backing, r->to_fd, r->new.backing, flags) == 0) return 0;
  int error = errno;
  if (volume.integrity) {
    integrity_restore(r->from->dir_id, r->old.backing, from_known, from);
    integrity_restore(r->to->dir_id, r->new.backing, to_known, to);
  }
  return -error;
}

static int rename_backing(struct renaming *r, unsigned flags) {
  int failed = flags == 0 ? clear_target(r) : 0;
  if (failed == 1) return 0;
  if (!failed) failed = name_write_sidecar(r->to_fd, &r->new);
  if (!failed && flags == RENAME_EXCHANGE) failed = name_write_sidecar(r->from_fd, &r->old);
  if (!failed) failed = move_entry(r, flags);
  if (failed) return failed;
  if (r->replaces) forget_file(r->target, r->replaced);
  move_node(r->to, r->to_fd, r->new.backing);
  if (flags == RENAME_EXCHANGE) move_node(r->from, r->from_fd, r->old.backing);
  else if (r->from != r->to || strcmp(r->old.backing, r->new.backing) != 0) {
    struct stat st;
    if (fstatat(r->from_fd, r->old.backing, &st, AT_SYMLINK_NOFOLLOW)) name_remove_sidecar(r->from_fd, r->old.backing);
  }
  return 0;
}

static int rename_names(struct request *request, uint64_t new_parent, const char *old_plain, unsigned flags) {
  const char *end = (const char *)request->argument + request->argument_size, *new_plain = old_plain + strlen(old_plain) + 1;
  struct renaming r = {.from = node_of(request->in->nodeid), .to = node_of(new_parent)};
  if (new_plain >= end) return -EINVAL;
  if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE)) return -EINVAL;
  pthread_rwlock_wrlock(&tree_lock);
  int failed = directory_hold(r.from, &r.from_fd);
  if (!failed && (failed = directory_hold(r.to, &r.to_fd))) node_release(r.from);
  if (!failed) {
    failed = name_seal(r.from->dir_id, old_plain, strlen(old_plain), &r.old);
    if (!failed) failed = name_seal(r.to->dir_id, new_plain, strlen(new_plain), &r.new);
    if (!failed) failed = rename_backing(&r, flags);
    node_release(r.from);
    node_release(r.to);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed;
}

int op_rename(struct request *request, struct answer *answer) {
  const struct fuse_rename_in *in = (const void *)request->argument;
  (void)answer;
  return rename_names(request, in->newdir, (const char *)(in + 1), 0);
}

int op_rename2(struct request *request, struct answer *answer) {
  const struct fuse_rename2_in *in = (const void *)request->argument;
  (void)answer;
  return rename_names(request, in->newdir, (const char *)(in + 1), in->flags);
}
