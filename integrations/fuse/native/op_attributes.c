#include "attributes.h"
#include "integrity.h"
#include "layout.h"
#include "log.h"
#include "operations.h"
#include "reverse.h"
#include "set_ids.h"
#include "value.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

void descriptor_path(int fd, char path[32]) { snprintf(path, 32, "/proc/self/fd/%d", fd); }

static uint64_t shown_size(const struct stat *st) {
  if (volume.reverse) return reverse_shown_size(st);
  if (S_ISREG(st->st_mode)) return layout_plain_size((uint64_t)st->st_size, volume.block_size);
  if (S_ISLNK(st->st_mode)) return value_plain_size((size_t)st->st_size);
  return (uint64_t)st->st_size;
}

void attributes_of(const struct stat *st, struct fuse_attr *attr) {
  *attr = (struct fuse_attr){
      .ino = st->st_ino, .size = shown_size(st), .blocks = (uint64_t)st->st_blocks,
      .atime = (uint64_t)st->st_atim.tv_sec, .atimensec = (uint32_t)st->st_atim.tv_nsec,
      .mtime = (uint64_t)st->st_mtim.tv_sec, .mtimensec = (uint32_t)st->st_mtim.tv_nsec,
      .ctime = (uint64_t)st->st_ctim.tv_sec, .ctimensec = (uint32_t)st->st_ctim.tv_nsec,
      .mode = st->st_mode, .nlink = (uint32_t)st->st_nlink, .uid = st->st_uid, .gid = st->st_gid,
      .rdev = (uint32_t)st->st_rdev, .blksize = volume.block_size,
  };
}

int node_stat(struct node *node, struct stat *st) {
  struct place place;
  pthread_rwlock_rdlock(&tree_lock);
  int failed = place_hold(node, &place);
  if (!failed) {
    failed = fstatat(place.fd, place.name, st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) ? -errno : 0;
    place_release(&place);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed;
}

int entry_of(struct node *parent, const char *backing, const struct stat *st, struct fuse_entry_out *entry) {
  struct node *node = node_found(parent, backing, st);
  if (!node) return -ENOMEM;
  uint64_t seconds = volume.reverse ? 0 : KERNEL_CACHE_SECONDS; // a plain directory changes under its view
  *entry = (struct fuse_entry_out){.nodeid = node_id(node), .entry_valid = seconds, .attr_valid = seconds};
  attributes_of(st, &entry->attr);
  return 0;
}

// Whether what is found under the name, or is not, is what is known. 1 where a change that is under way may tell otherwise.
static int compare(const struct node *parent, const char *backing, const struct stat *st, int found) {
  uint8_t object[OBJECT_SIZE];
  if (!volume.integrity || (found != 0 && found != -ENOENT)) return found;
  enum known known = integrity_entry(parent->dir_id, backing, object);
  if (found == -ENOENT && known == KNOWN_LAX) return integrity_unlink(parent->dir_id, backing) ? -EIO : found;
  if ((found == 0) == (known == KNOWN_NOT)) return 1;
  if (found == 0 && !S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode) && !S_ISLNK(st->st_mode)) {
    integrity_object_of_special(st, object);
    return integrity_leads_to(parent->dir_id, backing, object);
  }
  return found;
}

// Under tree_lock.
static int look_up(struct node *parent, const char *plain, struct fuse_entry_out *entry, bool alone) {
  struct name name;
  struct stat st;
  int fd, failed = directory_hold(parent, &fd);
  if (failed) return failed;
  failed = name_seal(parent->dir_id, plain, strlen(plain), &name);
  if (!failed) {
    failed = compare(parent, name.backing, &st, fstatat(fd, name.backing, &st, AT_SYMLINK_NOFOLLOW) ? -errno : 0);
    if (failed == 1 && alone) failed = -EIO, log_line("damaged: %s: it was there and is not, or was not and is", name.backing);
  }
  if (!failed) failed = entry_of(parent, name.backing, &st, entry);
  node_release(parent);
  return failed;
}

int op_lookup(struct request *request, struct answer *answer) {
  struct node *parent = node_of(request->in->nodeid);
  struct fuse_entry_out *entry = (void *)request->reply;
  const char *plain = (const char *)request->argument;
  pthread_rwlock_rdlock(&tree_lock);
  int failed = look_up(parent, plain, entry, false);
  pthread_rwlock_unlock(&tree_lock);
  if (failed == 1) {
    pthread_rwlock_wrlock(&tree_lock);
    failed = look_up(parent, plain, entry, true);
    pthread_rwlock_unlock(&tree_lock);
  }
  if (failed == -ENOENT) { // the kernel may remember that there is none
    *entry = (struct fuse_entry_out){.entry_valid = KERNEL_CACHE_SECONDS};
    failed = 0;
  }
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}

int op_forget(struct request *request, struct answer *answer) {
  const struct fuse_forget_in *in = (const void *)request->argument;
  (void)answer;
  node_forget(node_of(request->in->nodeid), in->nlookup);
  return ANSWER_NONE;
}

int op_batch_forget(struct request *request, struct answer *answer) {
  const struct fuse_batch_forget_in *in = (const void *)request->argument;
  const struct fuse_forget_one *one = (const void *)(in + 1);
  (void)answer;
  if (in->count > (request->argument_size - sizeof *in) / sizeof *one) return ANSWER_NONE;
  for (uint32_t i = 0; i < in->count; i++) node_forget(node_of(one[i].nodeid), one[i].nlookup);
  return ANSWER_NONE;
}

static int answer_attributes(struct request *request, struct answer *answer, const struct stat *st) {
  struct fuse_attr_out *out = (void *)request->reply;
  *out = (struct fuse_attr_out){.attr_valid = KERNEL_CACHE_SECONDS};
  attributes_of(st, &out->attr);
  *answer = (struct answer){out, sizeof *out};
  return 0;
}

int op_getattr(struct request *request, struct answer *answer) {
  const struct fuse_getattr_in *in = (const void *)request->argument;
  struct stat st;
  int failed = in->getattr_flags & FUSE_GETATTR_FH ? (fstat(((struct file *)in->fh)->fd, &st) ? -errno : 0)
                                                   : node_stat(node_of(request->in->nodeid), &st);
  return failed ? failed : answer_attributes(request, answer, &st);
}

static int resize(struct request *request, struct file *file, const struct fuse_setattr_in *in) {
  int failed = in->valid & FATTR_KILL_SUIDGID ? set_ids_drop(request, file) : 0;
  return failed ? failed : file_truncate(file, &request->scratch, in->size);
}

static int set_size(struct request *request, struct node *node, const struct fuse_setattr_in *in) {
  struct file *file;
  if (in->valid & FATTR_FH) return resize(request, (struct file *)in->fh, in);
  pthread_rwlock_rdlock(&tree_lock);
  int failed = file_open(node, O_RDWR, &file);
  pthread_rwlock_unlock(&tree_lock);
  if (failed) return failed;
  failed = resize(request, file, in);
  file_release(file);
  return failed;
}

static struct timespec time_of(uint32_t valid, uint32_t set, uint32_t now, uint64_t seconds, uint32_t nanoseconds) {
  if (valid & now) return (struct timespec){.tv_nsec = UTIME_NOW};
  if (valid & set) return (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = nanoseconds};
  return (struct timespec){.tv_nsec = UTIME_OMIT};
}

// By a descriptor, since fchmodat follows a link that someone put there.
static int set_mode(int fd, const char *name, mode_t mode) {
  char path[32];
  int own = name[0] ? openat(fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : fd;
  if (own < 0) return -errno;
  descriptor_path(own, path);
  int failed = chmod(path, mode) ? -errno : 0;
  if (own != fd) close(own);
  return failed;
}

// Of chown(-1, -1) the kernel leaves but that the file changed, and does not say that it takes bits away, or ask who may.
static bool gives_to_nobody(const struct fuse_setattr_in *in) { return (in->valid & ~(FATTR_FH | FATTR_LOCKOWNER)) == FATTR_CTIME; }

// The backing file system takes the set-id bits that go with the server's rights; the caller may have fewer.
static int set_owner(const struct request *request, int fd, const char *name, const struct fuse_setattr_in *in) {
  const int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
  uid_t uid = in->valid & FATTR_UID ? in->uid : (uid_t)-1;
  gid_t gid = in->valid & FATTR_GID ? in->gid : (gid_t)-1;
  struct stat before, after;
  if (fstatat(fd, name, &before, flags)) return -errno;
  mode_t drop = set_ids_to_drop(request, &before);
  if (gives_to_nobody(in) && drop && request->in->uid != 0 && request->in->uid != before.st_uid) return -EPERM;
  if (fchownat(fd, name, uid, gid, flags) || fstatat(fd, name, &after, flags)) return -errno;
  drop &= after.st_mode;
  return drop ? set_mode(fd, name, after.st_mode & 07777 & ~drop) : 0;
}

// chown before chmod, since it clears the set-id bits; times last, since both change ctime only.
static int set_at(const struct request *request, int fd, const char *name, const struct fuse_setattr_in *in) {
  const int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
  char path[32];
  descriptor_path(fd, path);
  int failed = in->valid & (FATTR_UID | FATTR_GID) || gives_to_nobody(in) ? set_owner(request, fd, name, in) : 0;
  if (!failed && in->valid & FATTR_MODE) failed = set_mode(fd, name, in->mode & 07777);
  if (failed) return failed;
  if (in->valid & (FATTR_ATIME | FATTR_MTIME)) {
    struct timespec times[2] = {time_of(in->valid, FATTR_ATIME, FATTR_ATIME_NOW, in->atime, in->atimensec),
                                time_of(in->valid, FATTR_MTIME, FATTR_MTIME_NOW, in->mtime, in->mtimensec)};
    // EINVAL: before Linux 5.8 there are no times of what has no name.
    if (utimensat(fd, name, times, flags) && (errno != EINVAL || name[0] || utimensat(AT_FDCWD, path, times, 0))) return -errno;
  }
  return 0;
}

int op_setattr(struct request *request, struct answer *answer) {
  const struct fuse_setattr_in *in = (const void *)request->argument;
  struct node *node = node_of(request->in->nodeid);
  struct place place;
  struct stat st;
  int failed = in->valid & FATTR_SIZE ? set_size(request, node, in) : 0;
  if (failed) return failed;
  pthread_rwlock_rdlock(&tree_lock);
  failed = place_hold(node, &place);
  if (!failed) {
    failed = set_at(request, place.fd, place.name, in);
    if (!failed && fstatat(place.fd, place.name, &st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) failed = -errno;
    place_release(&place);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed ? failed : answer_attributes(request, answer, &st);
}

int op_statfs(struct request *request, struct answer *answer) {
  struct fuse_statfs_out *out = (void *)request->reply;
  struct statvfs fs;
  if (fstatvfs(volume.root_fd, &fs)) return -errno;
  *out = (struct fuse_statfs_out){.st = {.blocks = fs.f_blocks, .bfree = fs.f_bfree, .bavail = fs.f_bavail, .files = fs.f_files, .ffree = fs.f_ffree,
                                         .bsize = (uint32_t)fs.f_bsize, .namelen = NAME_MAX_PLAIN, .frsize = (uint32_t)fs.f_frsize}};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}
