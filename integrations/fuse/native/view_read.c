#include "content.h"
#include "store.h"
#include "synthetic.h"
#include "view.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }
static size_t block_plain_size(const struct view *view, uint64_t number) { return least(volume.block_size, view->size - number * volume.block_size); }

static int load_key(struct view *view) {
  if (view->has_key) return 0;
  pthread_rwlock_wrlock(&view->lock);
  int failed = view->has_key ? 0 : file_key_derive(view->id, &view->key);
  view->has_key = failed == 0;
  pthread_rwlock_unlock(&view->lock);
  return failed;
}

// The blocks [first, end) in clear; zeros stand for what was cut off meanwhile.
static int read_plain(const struct view *view, uint64_t first, uint64_t end, uint8_t *plain) {
  size_t got, size = least(end * volume.block_size, view->size) - first * volume.block_size;
  int failed = store_read(view->fd, plain, size, first * volume.block_size, &got);
  if (!failed) memset(plain + got, 0, size - got);
  return failed;
}

// Where the plain file has its next data; the end of all numbers where there is none.
static uint64_t next_data(const struct view *view, uint64_t offset) {
  off_t at = lseek(view->fd, (off_t)offset, SEEK_DATA);
  return at >= 0 ? (uint64_t)at : errno == ENXIO ? UINT64_MAX : offset;
}

static int seal_blocks(const struct reader *reader, uint64_t first, uint64_t end, const uint8_t *plain, uint8_t *sealed) {
  const struct view *view = reader->view;
  uint64_t data = 0;
  int failed = 0;
  for (uint64_t number = first; number < end && !failed; number++, plain += volume.block_size, sealed += SEALED_BLOCK) {
    uint64_t start = number * volume.block_size;
    size_t size = block_plain_size(view, number);
    uint8_t iv[SESSION_SIZE + 8];
    if (view->sparse && data <= start) data = next_data(view, start);
    if (reader->kept && reader->number == number) memcpy(sealed, reader->sealed, size + BLOCK_OVERHEAD);
    else if (data >= start + size) memset(sealed, 0, size + BLOCK_OVERHEAD);
    else if (!(failed = synthetic_block(view->id, number, plain, size, iv))) failed = block_seal_by(&view->key, number, iv, plain, size, sealed);
  }
  return failed;
}

// The reader will want the rest of a block that it got a part of.
static void keep(struct reader *reader, uint64_t number, const uint8_t *sealed, uint64_t given) {
  size_t size = block_plain_size(reader->view, number) + BLOCK_OVERHEAD;
  reader->kept = given < size;
  reader->number = number;
  if (reader->kept) memcpy(reader->sealed, sealed, size);
}

static int read_sealed(struct reader *reader, struct scratch *scratch, uint64_t offset, uint64_t end, uint8_t **bytes) {
  const uint64_t header = FILE_HEADER_SIZE, first = offset < header ? 0 : (offset - header) / SEALED_BLOCK;
  const uint64_t last = end <= header ? first : (end - header + SEALED_BLOCK - 1) / SEALED_BLOCK; // the block after
  uint8_t *sealed = scratch->sealed + header;
  content_fill_header(reader->view->id, scratch->sealed);
  int failed = last > first ? read_plain(reader->view, first, last, scratch->plain) : 0;
  if (!failed) failed = seal_blocks(reader, first, last, scratch->plain, sealed);
  if (failed) return failed;
  if (last > first) keep(reader, last - 1, sealed + (last - 1 - first) * SEALED_BLOCK, end - layout_block_offset(last - 1, volume.block_size));
  *bytes = offset < header ? scratch->sealed + offset : sealed + (offset - layout_block_offset(first, volume.block_size));
  return 0;
}

// Into memory of the thread: the answer is not to be of a view that is gone when it was sent.
static ssize_t read_made(const struct view *view, struct scratch *scratch, uint64_t offset, size_t size) {
  if (offset >= view->size) return 0;
  size = least(size, view->size - offset);
  memcpy(scratch->sealed, view->bytes + offset, size);
  return (ssize_t)size;
}

ssize_t view_read(struct reader *reader, struct scratch *scratch, uint64_t offset, size_t size, uint8_t **bytes) {
  struct view *view = reader->view;
  *bytes = scratch->sealed;
  if (view->bytes) return read_made(view, scratch, offset, size);
  uint64_t all = layout_backing_size(view->size, volume.block_size);
  if (offset >= all || size == 0) return 0;
  size = least(size, all - offset);
  int failed = load_key(view);
  if (failed) return failed;
  pthread_mutex_lock(&reader->lock);
  pthread_rwlock_rdlock(&view->lock);
  failed = view->has_key ? read_sealed(reader, scratch, offset, offset + size, bytes) : -EACCES;
  pthread_rwlock_unlock(&view->lock);
  pthread_mutex_unlock(&reader->lock);
  return failed ? failed : (ssize_t)size;
}

// The first block from `number` on that lies in a hole as a whole, or that after the last.
static uint64_t hole_block(const struct view *view, uint64_t number) {
  const uint64_t block = volume.block_size, count = (view->size + block - 1) / block;
  while (number < count) {
    off_t at = lseek(view->fd, (off_t)(number * block), SEEK_HOLE);
    if (at < 0) return count;
    number = ((uint64_t)at + block - 1) / block;
    if (number >= count) return count;
    uint64_t data = next_data(view, number * block);
    if (data >= number * block + block_plain_size(view, number)) return number;
    number = data / block + 1; // that one begins with a hole, and has data
  }
  return count;
}

// The header is data, and so is every block that is not a hole as a whole.
int64_t view_seek(struct view *view, uint64_t offset, int whence) {
  const uint64_t all = view->bytes ? view->size : layout_backing_size(view->size, volume.block_size);
  if (offset >= all) return -ENXIO;
  if (view->bytes || (whence == SEEK_DATA && offset < FILE_HEADER_SIZE)) return whence == SEEK_DATA ? (int64_t)offset : (int64_t)all;
  uint64_t number = offset < FILE_HEADER_SIZE ? 0 : (offset - FILE_HEADER_SIZE) / SEALED_BLOCK, found;
  if (whence == SEEK_HOLE) found = hole_block(view, number);
  else {
    uint64_t data = next_data(view, number * volume.block_size);
    if (data >= view->size) return -ENXIO;
    found = data / volume.block_size;
  }
  uint64_t at = least(layout_block_offset(found, volume.block_size), all);
  return (int64_t)(at > offset ? at : offset);
}
