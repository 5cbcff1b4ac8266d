#include "attributes.h"
#include "making.h"
#include "operations.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

static int make_file(struct making *making, mode_t mode) {
  uint8_t id[FILE_ID_SIZE];
  int failed = making_note_file(making, id);
  if (failed) return failed;
  int fd = openat(making->fd, making->name.backing, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
  if (fd < 0) return -errno;
  failed = making_header(fd, id);
  if (failed) unlinkat(making->fd, making->name.backing, 0);
  close(fd);
  return failed;
}

static int make_special(struct making *making, mode_t mode, uint32_t device) {
  const struct stat st = {.st_mode = mode, .st_rdev = device};
  uint8_t object[OBJECT_SIZE];
  integrity_object_of_special(&st, object);
  int failed = making_note(making, object);
  return failed ? failed : mknodat(making->fd, making->name.backing, mode, device) ? -errno : 0;
}

int op_mknod(struct request *request, struct answer *answer) {
  const struct fuse_mknod_in *in = (const void *)request->argument;
  struct making making;
  int failed = making_begin(request, (const char *)(in + 1), in->umask, &making);
  if (failed) return failed;
  failed = S_ISREG(in->mode) ? make_file(&making, in->mode) : make_special(&making, in->mode, in->rdev);
  return making_finish(request, answer, &making, failed);
}

static int write_dir_id(int fd, const uint8_t id[DIR_ID_SIZE]) {
  int file = openat(fd, DIR_ID_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
  if (file < 0) return -errno;
  int failed = write(file, id, DIR_ID_SIZE) == DIR_ID_SIZE ? 0 : -EIO;
  close(file);
  return failed;
}

// Made under another name with its id in it, then renamed: no directory without an id is ever seen.
static int make_directory(const struct request *request, struct making *making, mode_t mode) {
  uint64_t random;
  uint8_t id[DIR_ID_SIZE];
  char temporary[64];
  if (getrandom(&random, sizeof random, 0) != sizeof random || getrandom(id, sizeof id, 0) != sizeof id) return -EIO;
  snprintf(temporary, sizeof temporary, TEMPORARY_PREFIX "%016llx", (unsigned long long)random);
  if (mkdirat(making->fd, temporary, mode | 0700)) return -errno;
  int fd = openat(making->fd, temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int failed = fd < 0 ? -errno : write_dir_id(fd, id);
  struct stat st;
  if (!failed) failed = making_give(request, making, temporary);
  if (!failed && fstat(fd, &st)) failed = -errno;
  if (!failed && (mode & 0700) != 0700 && fchmod(fd, st.st_mode & 07777 & ~(0700 & ~mode))) failed = -errno;
  if (!failed) failed = making_note(making, id);
  if (!failed && renameat2(making->fd, temporary, making->fd, making->name.backing, RENAME_NOREPLACE)) failed = -errno;
  if (failed && fd >= 0) unlinkat(fd, DIR_ID_FILE, 0);
  if (failed) unlinkat(making->fd, temporary, AT_REMOVEDIR);
  if (fd >= 0) close(fd);
  return failed;
}

int op_mkdir(struct request *request, struct answer *answer) {
  const struct fuse_mkdir_in *in = (const void *)request->argument;
  struct fuse_entry_out *entry = (void *)request->reply;
  struct making making;
  int failed = making_begin(request, (const char *)(in + 1), in->umask, &making);
  if (failed) return failed;
  failed = make_directory(request, &making, in->mode & 07777);
  if (!failed && (failed = making_entry(&making, entry))) making.noted = false; // it stands, and stays noted
  making_end(&making, failed);
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}

static int answer_created(struct request *request, struct answer *answer, struct making *making, int fd) {
  struct fuse_entry_out *entry = (void *)request->reply;
  struct fuse_open_out *open = (void *)(entry + 1);
  struct file *file;
  struct stat st;
  if (fstat(fd, &st)) return -errno;
  int failed = entry_of(making->parent, making->name.backing, &st, entry);
  if (failed) return failed;
  failed = file_adopt(node_of(entry->nodeid), fd, &file);
  if (failed) node_forget(node_of(entry->nodeid), 1); // the kernel is not told of it
  if (failed) return failed;
  *open = (struct fuse_open_out){.fh = (uint64_t)(uintptr_t)file, .open_flags = FOPEN_KEEP_CACHE};
  *answer = (struct answer){entry, sizeof *entry + sizeof *open};
  return 0;
}

int op_create(struct request *request, struct answer *answer) {
  const struct fuse_create_in *in = (const void *)request->argument;
  struct making making;
  int failed = making_begin(request, (const char *)(in + 1), in->umask, &making);
  if (failed) return failed;
  // What integrity knows is not there must not be there.
  int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (int)(in->flags & (O_EXCL | O_TRUNC)) | (volume.integrity ? O_EXCL : 0);
  uint8_t id[FILE_ID_SIZE];
  failed = making_note_file(&making, id);
  int fd = failed ? -1 : openat(making.fd, making.name.backing, flags, in->mode & 07777);
  if (!failed) failed = fd < 0 ? -errno : making_header(fd, id);
  if (!failed) failed = making_give(request, &making, making.name.backing);
  if (!failed) failed = answer_created(request, answer, &making, fd);
  if (failed && fd >= 0) close(fd);
  if (failed && fd >= 0 && (flags & O_EXCL)) making_take_back(&making);
  making_end(&making, failed);
  return failed;
}

int op_tmpfile(struct request *request, struct answer *answer) {
  const struct fuse_create_in *in = (const void *)request->argument;
  struct making making = {.parent = node_of(request->in->nodeid)};
  umask(in->umask);
  pthread_rwlock_rdlock(&tree_lock);
  int failed = directory_hold(making.parent, &making.fd);
  if (!failed) {
    int fd = openat(making.fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, in->mode & 07777);
    uint8_t id[FILE_ID_SIZE];
    failed = fd < 0 ? -errno : volume.own_files && fchown(fd, request->in->uid, request->in->gid) ? -errno : 0;
    if (!failed && volume.integrity) failed = getrandom(id, sizeof id, 0) == sizeof id ? making_header(fd, id) : -EIO;
    if (!failed) failed = answer_created(request, answer, &making, fd);
    if (!failed) { // it stands nowhere: only the descriptor leads to it
      char path[32];
      struct node *node = node_of(((struct fuse_entry_out *)request->reply)->nodeid);
      descriptor_path(fd, path);
      node_unlinked(node, making.parent, "", open(path, O_PATH | O_CLOEXEC));
      node_removed(node, id);
    } else if (fd >= 0) close(fd);
    node_release(making.parent);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed;
}
