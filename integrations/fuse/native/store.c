#include "store.h"
#include "content.h"
#include "integrity.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int store_read(int fd, uint8_t *bytes, size_t size, uint64_t offset, size_t *got) {
  for (*got = 0; *got < size;) {
    ssize_t n = pread(fd, bytes + *got, size - *got, (off_t)(offset + *got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) break;
    *got += (size_t)n;
  }
  return 0;
}

int store_write(int fd, const uint8_t *bytes, size_t size, uint64_t offset) {
  for (size_t done = 0; done < size;) {
    ssize_t n = pwrite(fd, bytes + done, size - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) return -EIO;
    done += (size_t)n;
  }
  return 0;
}

int store_apply(int fd, const uint8_t *bytes, const struct change *change) {
  const int hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if (change->kind == JOURNAL_PUNCH) return fallocate(fd, hole, (off_t)change->offset, (off_t)change->length) ? -errno : 0;
  if (change->kind == JOURNAL_RESIZE) return ftruncate(fd, (off_t)change->final_size) ? -errno : 0;
  int failed = store_write(fd, bytes, change->length, change->offset);
  if (!failed && change->final_size != JOURNAL_KEEP_SIZE && ftruncate(fd, (off_t)change->final_size)) failed = -errno;
  return failed;
}

// What a write that fails may have to put back: the file's length, and its last block where that is written over.
struct before {
  uint64_t size, block; // where the last block begins, if the change reaches it
  size_t block_size;
  uint8_t bytes[BLOCK_SIZE_MAX + BLOCK_OVERHEAD];
};

static int remember(struct file *file, const struct change *change, const struct stat *st, struct before *before) {
  const uint64_t sealed = volume.block_size + BLOCK_OVERHEAD;
  before->size = (uint64_t)st->st_size;
  before->block_size = 0;
  if (change->kind != JOURNAL_WRITE) return 0;
  if (before->size <= FILE_HEADER_SIZE || change->offset + change->length <= before->size) return 0;
  before->block = FILE_HEADER_SIZE + (before->size - FILE_HEADER_SIZE) / sealed * sealed;
  if (before->block < change->offset) return 0;
  return store_read(file->fd, before->bytes, before->size - before->block, before->block, &before->block_size);
}

static void put_back(struct file *file, const struct before *before) {
  if (before->block_size > 0) store_write(file->fd, before->bytes, before->block_size, before->block);
  if (ftruncate(file->fd, (off_t)before->size)) log_line("a file that could not be written is longer than it was: %s", strerror(errno));
}

// A hole that is filled takes its room first, so that a full store refuses before a block is half written.
static int take_room(struct file *file, const struct change *change, const struct stat *st) {
  if (st->st_blocks * 512 >= st->st_size || change->offset >= (uint64_t)st->st_size) return 0;
  if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)change->offset, (off_t)change->length) == 0) return 0;
  return errno == ENOSPC || errno == EDQUOT ? -errno : 0;
}

// How long the file is, as far as it can be told.
static uint64_t plain_size(const struct file *file) {
  struct stat st;
  return fstat(file->fd, &st) ? file->versions->size : layout_plain_size((uint64_t)st.st_size, volume.block_size);
}

// A write that failed in its midst may have changed some blocks: those are what they are now.
static void note_written(struct file *file, const uint8_t *data, const struct change *change) {
  static _Thread_local uint8_t now[BLOCK_SIZE_MAX + BLOCK_OVERHEAD];
  size_t got;
  for (uint64_t at = 0; file->versions && change->kind == JOURNAL_WRITE && at < change->length; at += SEALED_BLOCK) {
    struct change one = {JOURNAL_WRITE, change->offset + at, change->length - at < SEALED_BLOCK ? change->length - at : SEALED_BLOCK, JOURNAL_KEEP_SIZE, 0};
    if (store_read(file->fd, now, one.length, one.offset, &got) || got < one.length || memcmp(now, data + at, one.length) != 0) continue;
    integrity_note(file->versions, &one, data + at, plain_size(file));
  }
}

int store_change(struct file *file, struct journal_slot *slot, const struct change *change) {
  static _Thread_local struct before before;
  struct stat st;
  if (fstat(file->fd, &st)) return -errno;
  int failed = integrity_prepare(file->versions);
  if (!failed && change->kind == JOURNAL_WRITE) failed = take_room(file, change, &st);
  if (!failed) failed = remember(file, change, &st, &before);
  if (!failed) failed = journal_begin(slot, file->node, file->id, change);
  if (failed) return failed;
  failed = store_apply(file->fd, slot->data, change);
  if (failed && change->kind == JOURNAL_WRITE && change->offset + change->length > before.size) put_back(file, &before);
  if (failed) note_written(file, slot->data, change);
  else if (file->versions) failed = integrity_note(file->versions, change, slot->data, plain_size(file));
  journal_end(slot);
  return failed;
}
