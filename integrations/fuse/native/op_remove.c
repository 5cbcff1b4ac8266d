#include "attributes.h"
#include "integrity.h"
#include "operations.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static int temporary_name(char name[64]) {
  uint64_t random;
  if (getrandom(&random, sizeof random, 0) != sizeof random) return -EIO;
  snprintf(name, 64, TEMPORARY_PREFIX "%016llx", (unsigned long long)random);
  return 0;
}

// An entry that is being taken away, and what it was.
struct removal {
  struct node *parent;
  const char *backing;
  enum known known;
  uint8_t object[OBJECT_SIZE];
};

static int removal_begin(struct removal *removal, struct node *parent, const char *backing) {
  *removal = (struct removal){.parent = parent, .backing = backing};
  if (!volume.integrity) return 0;
  removal->known = integrity_entry(parent->dir_id, backing, removal->object);
  return integrity_unlink(parent->dir_id, backing);
}

static void removal_undo(const struct removal *removal) {
  integrity_restore(removal->parent->dir_id, removal->backing, removal->known, removal->object);
}

// The last name of a file is gone.
static void forget_file(struct node *node, const uint8_t id[FILE_ID_SIZE]) {
  if (node) node_removed(node, id);
  else integrity_forget(id);
}

// What the kernel still knows keeps a descriptor, since no name leads to it any more.
static int unlink_backing(struct node *parent, int fd, const char *backing) {
  struct stat st;
  if (fstatat(fd, backing, &st, AT_SYMLINK_NOFOLLOW)) return -errno;
  if (S_ISDIR(st.st_mode)) return -EISDIR;
  struct node *node = node_known(&st);
  int pinned = node ? openat(fd, backing, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;
  struct removal removal;
  int failed = removal_begin(&removal, parent, backing);
  if (!failed && unlinkat(fd, backing, 0)) failed = -errno, removal_undo(&removal);
  if (failed) {
    if (pinned >= 0) close(pinned);
    return failed;
  }
  if (node) node_unlinked(node, parent, backing, pinned);
  if (S_ISREG(st.st_mode) && st.st_nlink == 1) forget_file(node, removal.object);
  return 0;
}

// 1 when nothing but the format's own files is in it.
static int is_empty(int fd) {
  int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = own < 0 ? NULL : fdopendir(own);
  if (!stream) return -errno;
  int empty = 1;
  for (struct dirent *entry; empty && (entry = readdir(stream));)
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || name_is_own(entry->d_name);
  closedir(stream);
  return empty;
}

static int remove_own_files(int fd);

// A directory in the making or removing that a crash has left.
static int remove_left_directory(int fd, const char *backing) {
  int own = openat(fd, backing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (own < 0) return -errno;
  int failed = remove_own_files(own);
  close(own);
  return failed ? failed : unlinkat(fd, backing, AT_REMOVEDIR) ? -errno : 0;
}

// The id last: a directory that could not be emptied is still one.
static int remove_own_files(int fd) {
  int failed = 0, own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = own < 0 ? NULL : fdopendir(own);
  if (!stream) return -errno;
  for (struct dirent *entry; !failed && (entry = readdir(stream));) {
    if (!name_is_own(entry->d_name) || strcmp(entry->d_name, DIR_ID_FILE) == 0) continue;
    if (unlinkat(fd, entry->d_name, 0)) failed = errno == EISDIR ? remove_left_directory(fd, entry->d_name) : -errno;
  }
  closedir(stream);
  if (!failed && unlinkat(fd, DIR_ID_FILE, 0) && errno != ENOENT) failed = -errno;
  return failed;
}

static int take_directory(int parent_fd, int fd, const char *backing, const char *temporary) {
  if (renameat(parent_fd, backing, parent_fd, temporary)) return -errno;
  int failed = remove_own_files(fd);
  if (!failed && unlinkat(parent_fd, temporary, AT_REMOVEDIR)) failed = -errno;
  if (failed) renameat(parent_fd, temporary, parent_fd, backing);
  return failed;
}

// Renamed out of sight first, so that a crash leaves no directory without its id under a name of the user's.
static int remove_directory(struct node *parent, int parent_fd, const char *backing) {
  char temporary[64];
  struct stat st;
  int fd = openat(parent_fd, backing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  int failed = fstat(fd, &st) ? -errno : temporary_name(temporary);
  if (!failed) {
    int empty = is_empty(fd);
    failed = empty < 0 ? empty : empty ? 0 : -ENOTEMPTY;
  }
  struct removal removal;
  if (!failed) failed = removal_begin(&removal, parent, backing);
  if (!failed) {
    failed = take_directory(parent_fd, fd, backing, temporary);
    if (failed) removal_undo(&removal);
  }
  struct node *node = failed ? NULL : node_known(&st);
  if (node) node_unlinked(node, parent, backing, fd);
  else close(fd);
  return failed;
}

typedef int remover(struct node *parent, int parent_fd, const char *backing);

// Seals the name, has the remover take away what stands there, and then the sidecar of a long name.
static int remove_name(struct request *request, remover *take_away) {
  struct node *parent = node_of(request->in->nodeid);
  const char *plain = (const char *)request->argument;
  struct name name;
  int fd;
  pthread_rwlock_wrlock(&tree_lock);
  int failed = directory_hold(parent, &fd);
  if (!failed) {
    failed = name_seal(parent->dir_id, plain, strlen(plain), &name);
    if (!failed) failed = take_away(parent, fd, name.backing);
    if (!failed) name_remove_sidecar(fd, name.backing);
    node_release(parent);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed;
}

int op_unlink(struct request *request, struct answer *answer) {
  (void)answer;
  return remove_name(request, unlink_backing);
}

int op_rmdir(struct request *request, struct answer *answer) {
  (void)answer;
  return remove_name(request, remove_directory);
}

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
