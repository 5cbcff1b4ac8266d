#include "file.h"
#include "layout.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static pthread_mutex_t opens_lock = PTHREAD_MUTEX_INITIALIZER; // before table_lock and a file's lock
static struct file *open_files;

#define SEALED_BLOCK (volume.block_size + BLOCK_OVERHEAD)
// No backing file may be longer than an offset can tell.
#define SIZE_LIMIT ((uint64_t)(INT64_MAX - FILE_HEADER_SIZE) / SEALED_BLOCK * volume.block_size)

static const uint8_t header_magic[16] = {'H', 'U', 'F', 'U', '-', 'F', 'I', 'L', 'E', 1};

// Under opens_lock, as all that changes which files are open.
static struct file *file_new(struct node *node, int fd, bool writable) {
  struct file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  *file = (struct file){.fd = fd, .writable = writable, .opens = 1, .node = node};
  pthread_rwlock_init(&file->lock, NULL);
  pthread_mutex_init(&file->key.lock, NULL);
  file->next = open_files;
  open_files = file;
  node->file = file;
  node_hold(node);
  return file;
}

static void file_unlist(struct file *file) {
  struct file **at = &open_files;
  while (*at != file) at = &(*at)->next;
  *at = file->next;
  file->node->file = NULL;
}

static int reopen(struct node *node, int flags) {
  struct place place;
  int failed = place_hold(node, &place);
  if (failed) return failed;
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", place.fd);
  int fd = place.name[0] ? openat(place.fd, place.name, flags | O_NOFOLLOW | O_CLOEXEC) : open(path, flags | O_CLOEXEC);
  int error = errno;
  place_release(&place);
  return fd < 0 ? -error : fd;
}

// Writing a part of a block reads the rest of it, so a file that is written is always open for both.
static int open_backing(struct node *node, int flags, bool *writable) {
  bool wants_write = (flags & O_ACCMODE) != O_RDONLY;
  int fd = reopen(node, O_RDWR);
  *writable = fd >= 0;
  if (fd < 0 && !wants_write) fd = reopen(node, O_RDONLY);
  return fd;
}

// The file was open for reading only, and may be written now (its mode was changed).
static int make_writable(struct file *file) {
  int fd = reopen(file->node, O_RDWR);
  if (fd < 0) return fd;
  pthread_rwlock_wrlock(&file->lock);
  int failed = dup3(fd, file->fd, O_CLOEXEC) < 0 ? -errno : 0;
  file->writable = failed == 0;
  pthread_rwlock_unlock(&file->lock);
  close(fd);
  return failed;
}

int file_open(struct node *node, int flags, struct file **opened) {
  bool writable;
  int failed = 0;
  pthread_mutex_lock(&opens_lock);
  if (node->file) {
    if ((flags & O_ACCMODE) != O_RDONLY && !node->file->writable) failed = make_writable(node->file);
    if (!failed) node->file->opens++;
  } else {
    int fd = open_backing(node, flags, &writable);
    if (fd < 0) failed = fd;
    else if (!file_new(node, fd, writable)) failed = -ENOMEM, close(fd);
  }
  *opened = node->file;
  pthread_mutex_unlock(&opens_lock);
  return failed;
}

int file_adopt(struct node *node, int fd, struct file **opened) {
  pthread_mutex_lock(&opens_lock);
  if (node->file) {
    close(fd);
    node->file->opens++;
  } else file_new(node, fd, true);
  *opened = node->file;
  pthread_mutex_unlock(&opens_lock);
  return *opened ? 0 : -ENOMEM;
}

static void file_free(struct file *file) {
  close(file->fd);
  file_key_wipe(&file->key);
  pthread_mutex_destroy(&file->key.lock);
  pthread_rwlock_destroy(&file->lock);
  node_release(file->node);
  free(file);
}

void file_release(struct file *file) {
  pthread_mutex_lock(&opens_lock);
  bool last = --file->opens == 0;
  if (last) file_unlist(file);
  pthread_mutex_unlock(&opens_lock);
  if (last) file_free(file);
}

void files_close(void) {
  while (open_files) {
    struct file *file = open_files;
    file_unlist(file);
    file_free(file);
  }
}

void files_forget_keys(void) {
  pthread_mutex_lock(&opens_lock);
  for (struct file *file = open_files; file; file = file->next) {
    pthread_rwlock_wrlock(&file->lock);
    file_key_wipe(&file->key);
    file->has_key = false;
    pthread_rwlock_unlock(&file->lock);
  }
  pthread_mutex_unlock(&opens_lock);
}

static int read_all(int fd, uint8_t *bytes, size_t size, uint64_t offset, size_t *got) {
  for (*got = 0; *got < size;) {
    ssize_t n = pread(fd, bytes + *got, size - *got, (off_t)(offset + *got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) break;
    *got += (size_t)n;
  }
  return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t size, uint64_t offset) {
  for (size_t done = 0; done < size;) {
    ssize_t n = pwrite(fd, bytes + done, size - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) return -EIO;
    done += (size_t)n;
  }
  return 0;
}

// Reads the header and derives the key. 1 when the file has none yet, because it is empty.
static int load_key(struct file *file) {
  uint8_t header[FILE_HEADER_SIZE];
  size_t got;
  if (file->has_key) return 0;
  int failed = read_all(file->fd, header, sizeof header, 0, &got);
  if (failed) return failed;
  if (got == 0) return 1;
  if (got < sizeof header || memcmp(header, header_magic, sizeof header_magic) != 0) return -EIO;
  failed = file_key_derive(header + sizeof header_magic, &file->key);
  file->has_key = failed == 0;
  return failed;
}

static int make_header(struct file *file) {
  uint8_t header[FILE_HEADER_SIZE];
  int failed = load_key(file);
  if (failed <= 0) return failed;
  memcpy(header, header_magic, sizeof header_magic);
  if (getrandom(header + sizeof header_magic, FILE_ID_SIZE, 0) != FILE_ID_SIZE) return -EIO;
  failed = write_all(file->fd, header, sizeof header, 0);
  return failed ? failed : load_key(file);
}

static int plain_size(struct file *file, uint64_t *size) {
  struct stat st;
  if (fstat(file->fd, &st)) return -errno;
  *size = layout_plain_size((uint64_t)st.st_size, volume.block_size);
  return 0;
}

// Opens the blocks [first, end) as far as the file goes: how many plaintext bytes they hold.
static ssize_t open_blocks(struct file *file, uint64_t first, uint64_t end, uint8_t *sealed, uint8_t *plain) {
  size_t got, total = 0;
  int failed = read_all(file->fd, sealed, (end - first) * SEALED_BLOCK, layout_block_offset(first, volume.block_size), &got);
  if (failed) return failed;
  for (size_t at = 0; at < got; at += SEALED_BLOCK) {
    size_t piece = got - at < SEALED_BLOCK ? got - at : SEALED_BLOCK;
    if (piece <= BLOCK_OVERHEAD) return -EIO;
    failed = block_open(&file->key, first + at / SEALED_BLOCK, sealed + at, piece, plain + total);
    if (failed) return failed;
    total += piece - BLOCK_OVERHEAD;
  }
  return (ssize_t)total;
}

static ssize_t read_range(struct file *file, struct scratch *scratch, uint64_t offset, size_t size, uint8_t **bytes) {
  uint64_t first = offset / volume.block_size, end = (offset + size + volume.block_size - 1) / volume.block_size;
  int failed = load_key(file);
  if (failed) return failed > 0 ? 0 : failed;
  ssize_t total = open_blocks(file, first, end, scratch->sealed, scratch->plain);
  if (total < 0) return total;
  size_t skip = offset - first * volume.block_size;
  *bytes = scratch->plain + skip;
  if ((size_t)total <= skip) return 0;
  return (size_t)total - skip < size ? total - (ssize_t)skip : (ssize_t)size;
}

ssize_t file_read(struct file *file, struct scratch *scratch, uint64_t offset, size_t size, uint8_t **bytes) {
  *bytes = scratch->plain;
  if (size == 0) return 0;
  if (!file->has_key) { // the first reader derives the key, alone
    pthread_rwlock_wrlock(&file->lock);
    int failed = load_key(file);
    pthread_rwlock_unlock(&file->lock);
    if (failed < 0) return failed;
  }
  pthread_rwlock_rdlock(&file->lock);
  ssize_t total = file->has_key ? read_range(file, scratch, offset, size, bytes) : 0;
  pthread_rwlock_unlock(&file->lock);
  return total;
}

// Completes one block around the bytes [from, to) of it that `plain` holds already, and seals it.
static ssize_t seal_partial(struct file *file, uint64_t number, size_t from, size_t to, const uint8_t *bytes, uint8_t *sealed) {
  static _Thread_local uint8_t old[BLOCK_SIZE_MAX + BLOCK_OVERHEAD], plain[BLOCK_SIZE_MAX];
  memset(plain, 0, volume.block_size);
  ssize_t had = open_blocks(file, number, number + 1, old, plain);
  if (had < 0) return had;
  memcpy(plain + from, bytes, to - from);
  size_t size = (size_t)had > to ? (size_t)had : to;
  int failed = block_seal(&file->key, number, plain, size, sealed);
  return failed ? failed : (ssize_t)(size + BLOCK_OVERHEAD);
}

// The last block of a file that grows past it must become a whole one: zeros are sealed into it.
static int fill_last_block(struct file *file, uint64_t old_size, uint64_t new_size, uint8_t *sealed) {
  uint32_t block = volume.block_size;
  uint64_t number = old_size / block;
  size_t rest = old_size % block;
  if (rest == 0 || new_size <= old_size) return 0;
  size_t whole = new_size - number * block < block ? new_size - number * block : block;
  static const uint8_t zeros[BLOCK_SIZE_MAX];
  ssize_t size = seal_partial(file, number, rest, whole, zeros, sealed);
  return size < 0 ? (int)size : write_all(file->fd, sealed, (size_t)size, layout_block_offset(number, block));
}

static ssize_t write_range(struct file *file, struct scratch *scratch, uint64_t offset, const uint8_t *bytes, size_t size) {
  uint32_t block = volume.block_size;
  uint64_t first = offset / block, end = (offset + size + block - 1) / block;
  uint8_t *at = scratch->sealed;
  for (uint64_t number = first; number < end; number++) {
    uint64_t start = number * block;
    size_t from = offset > start ? offset - start : 0, to = offset + size < start + block ? offset + size - start : block;
    const uint8_t *piece = bytes + (start + from - offset);
    ssize_t wrote = block + BLOCK_OVERHEAD;
    if (to - from == block) {
      int failed = block_seal(&file->key, number, piece, block, at);
      if (failed) return failed;
    } else if ((wrote = seal_partial(file, number, from, to, piece, at)) < 0) return wrote;
    at += wrote;
  }
  int failed = write_all(file->fd, scratch->sealed, (size_t)(at - scratch->sealed), layout_block_offset(first, block));
  return failed ? failed : (ssize_t)size;
}

ssize_t file_write(struct file *file, struct scratch *scratch, uint64_t offset, const uint8_t *bytes, size_t size) {
  uint64_t old_size;
  if (!file->writable) return -EBADF;
  if (offset > SIZE_LIMIT - size) return -EFBIG;
  pthread_rwlock_wrlock(&file->lock);
  int failed = make_header(file);
  if (!failed) failed = plain_size(file, &old_size);
  if (!failed && offset > old_size) failed = fill_last_block(file, old_size, offset, scratch->sealed);
  ssize_t wrote = failed ? failed : write_range(file, scratch, offset, bytes, size);
  pthread_rwlock_unlock(&file->lock);
  return wrote;
}

// Shortens to a size within a block: that block is sealed anew, shorter.
static int cut_last_block(struct file *file, uint64_t size, struct scratch *scratch) {
  uint32_t block = volume.block_size;
  uint64_t number = size / block;
  size_t rest = size % block;
  if (rest == 0) return 0;
  ssize_t had = open_blocks(file, number, number + 1, scratch->sealed, scratch->plain);
  if (had < (ssize_t)rest) return had < 0 ? (int)had : -EIO;
  int failed = block_seal(&file->key, number, scratch->plain, rest, scratch->sealed);
  return failed ? failed : write_all(file->fd, scratch->sealed, rest + BLOCK_OVERHEAD, layout_block_offset(number, block));
}

static int truncate_to(struct file *file, struct scratch *scratch, uint64_t size) {
  uint64_t old_size;
  int failed = plain_size(file, &old_size);
  if (failed || size == old_size) return failed;
  if (size > 0) failed = make_header(file);
  if (!failed) failed = size > old_size ? fill_last_block(file, old_size, size, scratch->sealed) : cut_last_block(file, size, scratch);
  if (failed) return failed;
  if (ftruncate(file->fd, (off_t)layout_backing_size(size, volume.block_size))) return -errno;
  if (size == 0) { // an empty file has no header: the next content has another key
    file_key_wipe(&file->key);
    file->has_key = false;
  }
  return 0;
}

int file_truncate(struct file *file, struct scratch *scratch, uint64_t size) {
  if (!file->writable) return -EBADF;
  if (size > SIZE_LIMIT) return -EFBIG;
  pthread_rwlock_wrlock(&file->lock);
  int failed = truncate_to(file, scratch, size);
  pthread_rwlock_unlock(&file->lock);
  return failed;
}

// Writes zeros over [offset, end), which lies within one block and within the file.
static int zero_within_block(struct file *file, struct scratch *scratch, uint64_t offset, uint64_t end) {
  static const uint8_t zeros[BLOCK_SIZE_MAX];
  if (offset >= end) return 0;
  ssize_t wrote = write_range(file, scratch, offset, zeros, end - offset);
  return wrote < 0 ? (int)wrote : 0;
}

static int punch(struct file *file, struct scratch *scratch, uint64_t offset, uint64_t end) {
  uint32_t block = volume.block_size;
  uint64_t size, first = (offset + block - 1) / block, last = end / block;
  int failed = plain_size(file, &size);
  if (failed || offset >= size) return failed;
  if (end >= size) end = size, last = size / block;
  failed = load_key(file);
  if (failed) return failed < 0 ? failed : 0;
  if (first > last) return zero_within_block(file, scratch, offset, end);
  failed = zero_within_block(file, scratch, offset, first * block < end ? first * block : end);
  if (!failed) failed = zero_within_block(file, scratch, last * block > offset ? last * block : offset, end);
  if (failed || first >= last) return failed;
  off_t start = (off_t)layout_block_offset(first, block), length = (off_t)((last - first) * SEALED_BLOCK);
  return fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start, length) ? -errno : 0;
}

static int reserve(struct file *file, struct scratch *scratch, bool keep_size, uint64_t offset, uint64_t end) {
  uint64_t size, start = layout_block_offset(offset / volume.block_size, volume.block_size);
  int failed = plain_size(file, &size);
  if (failed) return failed;
  off_t length = (off_t)(layout_backing_size(end, volume.block_size) - start);
  if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)start, length)) return -errno;
  return end > size && !keep_size ? truncate_to(file, scratch, end) : 0;
}

int file_allocate(struct file *file, struct scratch *scratch, int mode, uint64_t offset, uint64_t length) {
  const int keep = FALLOC_FL_KEEP_SIZE;
  if (!file->writable) return -EBADF;
  if (offset > SIZE_LIMIT || length > SIZE_LIMIT - offset) return -EFBIG;
  pthread_rwlock_wrlock(&file->lock);
  int failed = -EOPNOTSUPP;
  if (mode == (FALLOC_FL_PUNCH_HOLE | keep)) failed = punch(file, scratch, offset, offset + length);
  else if (mode == 0 || mode == keep) failed = reserve(file, scratch, mode == keep, offset, offset + length);
  else if ((mode & ~keep) == FALLOC_FL_ZERO_RANGE) {
    failed = mode & keep ? 0 : reserve(file, scratch, false, offset, offset + length);
    if (!failed) failed = punch(file, scratch, offset, offset + length);
  }
  pthread_rwlock_unlock(&file->lock);
  return failed;
}

// A block counts as a hole where its first byte lies in one of the backing file: what is sealed never does. Data and holes
// are found by the same rule, so that a program that goes from one to the other advances.
static int64_t seek_within(struct file *file, uint64_t offset, int whence) {
  struct stat st;
  if (fstat(file->fd, &st)) return -errno;
  uint64_t size = layout_plain_size((uint64_t)st.st_size, volume.block_size), number = offset / volume.block_size;
  if (offset >= size) return -ENXIO;
  while (number * volume.block_size < size) {
    off_t start = (off_t)layout_block_offset(number, volume.block_size), at = lseek(file->fd, start, whence);
    if (at < 0) return -errno;
    if (at == start) return (int64_t)(number * volume.block_size > offset ? number * volume.block_size : offset);
    number = ((uint64_t)at - FILE_HEADER_SIZE + SEALED_BLOCK - 1) / SEALED_BLOCK;
  }
  return whence == SEEK_HOLE ? (int64_t)size : -ENXIO;
}

int64_t file_seek(struct file *file, uint64_t offset, int whence) {
  pthread_rwlock_rdlock(&file->lock);
  int64_t found = seek_within(file, offset, whence);
  pthread_rwlock_unlock(&file->lock);
  return found;
}
