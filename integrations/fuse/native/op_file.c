#include "attributes.h"
#include "integrity.h"
#include "operations.h"
#include "seeker.h"
#include "set_ids.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void answer_open(struct request *request, struct answer *answer, struct file *file) {
  struct fuse_open_out *out = (void *)request->reply;
  *out = (struct fuse_open_out){.fh = (uint64_t)(uintptr_t)file, .open_flags = FOPEN_KEEP_CACHE};
  *answer = (struct answer){out, sizeof *out};
}

int op_open(struct request *request, struct answer *answer) {
  const struct fuse_open_in *in = (const void *)request->argument;
  struct file *file;
  pthread_rwlock_rdlock(&tree_lock);
  int failed = file_open(node_of(request->in->nodeid), (int)in->flags, &file);
  pthread_rwlock_unlock(&tree_lock);
  if (failed) return failed;
  answer_open(request, answer, file);
  return 0;
}

int op_release(struct request *request, struct answer *answer) {
  const struct fuse_release_in *in = (const void *)request->argument;
  (void)answer;
  file_release((struct file *)in->fh);
  return 0;
}

int op_read(struct request *request, struct answer *answer) {
  const struct fuse_read_in *in = (const void *)request->argument;
  uint8_t *bytes;
  if (in->size > MAX_WRITE) return -EINVAL;
  ssize_t size = file_read((struct file *)in->fh, &request->scratch, in->offset, in->size, &bytes);
  if (size < 0) return (int)size;
  *answer = (struct answer){bytes, (size_t)size};
  return 0;
}

int op_write(struct request *request, struct answer *answer) {
  const struct fuse_write_in *in = (const void *)request->argument;
  struct fuse_write_out *out = (void *)request->reply;
  if (in->size > request->argument_size - sizeof *in) return -EINVAL;
  int failed = in->write_flags & FUSE_WRITE_KILL_SUIDGID ? set_ids_drop(request, (struct file *)in->fh) : 0;
  if (failed) return failed;
  ssize_t size = file_write((struct file *)in->fh, &request->scratch, in->offset, request->argument + sizeof *in, in->size);
  if (size < 0) return (int)size;
  *out = (struct fuse_write_out){.size = (uint32_t)size};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}

int op_fsync(struct request *request, struct answer *answer) {
  const struct fuse_fsync_in *in = (const void *)request->argument;
  const struct file *file = (struct file *)in->fh;
  (void)answer;
  if (in->fsync_flags & FUSE_FSYNC_FDATASYNC ? fdatasync(file->fd) : fsync(file->fd)) return -errno;
  return file->versions ? integrity_sync(file->id, false) : 0;
}

int op_fallocate(struct request *request, struct answer *answer) {
  const struct fuse_fallocate_in *in = (const void *)request->argument;
  (void)answer;
  int failed = set_ids_drop_unless_privileged(request, (struct file *)in->fh);
  if (failed) return failed;
  return file_allocate((struct file *)in->fh, &request->scratch, (int)in->mode, in->offset, in->length);
}

int op_lseek(struct request *request, struct answer *answer) {
  const struct fuse_lseek_in *in = (const void *)request->argument;
  (void)answer;
  if (in->whence != SEEK_DATA && in->whence != SEEK_HOLE) return -EINVAL;
  int failed = seeker_take(request, (struct file *)in->fh, in->offset, (int)in->whence);
  return failed ? failed : ANSWER_NONE;
}
