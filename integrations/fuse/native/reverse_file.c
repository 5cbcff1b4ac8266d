#include "view.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

// The kernel keeps nothing of it: each read is of the file as it is now.
int reverse_open(struct request *request, struct answer *answer) {
  const struct fuse_open_in *in = (const void *)request->argument;
  struct fuse_open_out *out = (void *)request->reply;
  struct reader *reader;
  if ((in->flags & O_ACCMODE) != O_RDONLY) return -EROFS;
  int failed = view_open(node_of(request->in->nodeid), &reader);
  if (failed) return failed;
  *out = (struct fuse_open_out){.fh = (uint64_t)(uintptr_t)reader, .open_flags = FOPEN_DIRECT_IO};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}

int reverse_release(struct request *request, struct answer *answer) {
  const struct fuse_release_in *in = (const void *)request->argument;
  (void)answer;
  view_release((struct reader *)in->fh);
  return 0;
}

int reverse_read(struct request *request, struct answer *answer) {
  const struct fuse_read_in *in = (const void *)request->argument;
  uint8_t *bytes;
  if (in->size > MAX_WRITE) return -EINVAL;
  ssize_t size = view_read((struct reader *)in->fh, &request->scratch, in->offset, in->size, &bytes);
  if (size < 0) return (int)size;
  *answer = (struct answer){bytes, (size_t)size};
  return 0;
}

int reverse_lseek(struct request *request, struct answer *answer) {
  const struct fuse_lseek_in *in = (const void *)request->argument;
  struct fuse_lseek_out *out = (void *)request->reply;
  if (in->whence != SEEK_DATA && in->whence != SEEK_HOLE) return -EINVAL;
  int64_t found = view_seek(((struct reader *)in->fh)->view, in->offset, (int)in->whence);
  if (found < 0) return (int)found;
  *out = (struct fuse_lseek_out){.offset = (uint64_t)found};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}
