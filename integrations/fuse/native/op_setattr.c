#include "attributes.h"
#include "operations.h"
#include "set_ids.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

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
