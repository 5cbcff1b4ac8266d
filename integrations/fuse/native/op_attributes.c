#include "attributes.h"
#include "integrity.h"
#include "layout.h"
#include "log.h"
#include "operations.h"
#include "reverse.h"
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

int answer_attributes(struct request *request, struct answer *answer, const struct stat *st) {
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

int op_statfs(struct request *request, struct answer *answer) {
  struct fuse_statfs_out *out = (void *)request->reply;
  struct statvfs fs;
  if (fstatvfs(volume.root_fd, &fs)) return -errno;
  *out = (struct fuse_statfs_out){.st = {.blocks = fs.f_blocks, .bfree = fs.f_bfree, .bavail = fs.f_bavail, .files = fs.f_files, .ffree = fs.f_ffree,
                                         .bsize = (uint32_t)fs.f_bsize, .namelen = NAME_MAX_PLAIN, .frsize = (uint32_t)fs.f_frsize}};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}
