#include "integrity_guard.h"
#include "content.h"
#include "integrity_log.h"
#include "integrity_state.h"
#include "store.h"
#include <endian.h>
#include <errno.h>
#include <string.h>

static uint64_t version_in(const uint8_t *sealed) {
  uint64_t version;
  memcpy(&version, sealed + SESSION_SIZE, sizeof version);
  return be64toh(version);
}

static uint64_t blocks_of(uint64_t size) { return (size + volume.block_size - 1) / volume.block_size; }

struct versions *integrity_file(const uint8_t id[FILE_ID_SIZE]) {
  if (!volume.integrity) return NULL;
  pthread_mutex_lock(&integrity_lock);
  struct versions *versions = state_file(id);
  pthread_mutex_unlock(&integrity_lock);
  return versions;
}

static int note(struct record *record, struct versions *versions, uint64_t size) {
  memcpy(record->id, versions->id, FILE_ID_SIZE);
  record->file.size = htobe64(size);
  record->file.changed = htobe64(versions->changed);
  return integrity_note_record(record);
}

static int note_run(struct versions *versions, uint64_t first, uint64_t count, uint64_t version, uint64_t size) {
  struct record record = {.kind = RECORD_WRITE, .count = htobe32((uint32_t)count), .run = {htobe64(first), htobe64(version)}};
  return note(&record, versions, size);
}

static int note_hole(struct versions *versions, uint64_t first, uint64_t count, uint64_t size) {
  struct record record = {.kind = RECORD_HOLE, .run = {htobe64(first), htobe64(count)}};
  return note(&record, versions, size);
}

// Blocks that were sealed one after the other are one record.
static int note_blocks(struct versions *versions, uint64_t first, const uint8_t *data, uint64_t length, uint64_t size) {
  uint64_t count = (length + SEALED_BLOCK - 1) / SEALED_BLOCK, from = 0;
  int failed = 0;
  for (uint64_t i = 1; i <= count && !failed; i++) {
    uint64_t version = version_in(data + from * SEALED_BLOCK);
    if (i < count && version_in(data + i * SEALED_BLOCK) == version + (i - from)) continue;
    if (version + (i - from) - 1 > versions->changed) versions->changed = version + (i - from) - 1;
    failed = note_run(versions, first + from, i - from, version, size);
    from = i;
  }
  return failed;
}

int integrity_note(struct versions *versions, const struct change *change, const uint8_t *data, uint64_t size) {
  if (!versions || !integrity_noting) return 0;
  uint64_t first = change->offset < FILE_HEADER_SIZE ? 0 : (change->offset - FILE_HEADER_SIZE) / SEALED_BLOCK;
  pthread_mutex_lock(&integrity_lock);
  if (change->version > versions->changed) versions->changed = change->version;
  int failed = change->kind == JOURNAL_WRITE   ? note_blocks(versions, first, data, change->length, size)
               : change->kind == JOURNAL_PUNCH ? note_hole(versions, first, change->length / SEALED_BLOCK, size)
                                               : note_run(versions, 0, 0, VERSION_HOLE, size);
  pthread_mutex_unlock(&integrity_lock);
  return failed;
}

int integrity_prepare(const struct versions *versions) {
  if (!versions || !integrity_noting) return 0;
  pthread_mutex_lock(&integrity_lock);
  int failed = log_take_room();
  pthread_mutex_unlock(&integrity_lock);
  return failed;
}

bool integrity_is_version(const struct versions *versions, uint64_t number, const uint8_t *sealed, size_t size) {
  if (!versions) return true;
  uint64_t expected = versions_at(versions, number);
  return expected == VERSION_LAX || expected == (block_is_hole(sealed, size) ? VERSION_HOLE : version_in(sealed));
}

bool integrity_may_finish(const struct versions *versions, uint64_t version) {
  return !versions || (!integrity_state.clean && version >> VERSION_EPOCH_SHIFT == integrity_state.epoch && version >= versions->changed);
}

// What a power failure has left is taken as it is, block by block, and known from here on.
static int adopt(int fd, struct versions *versions, uint64_t size) {
  uint8_t head[BLOCK_OVERHEAD];
  size_t got;
  int failed = 0;
  for (uint64_t number = 0; !failed && number < blocks_of(size); number++) {
    if (versions_at(versions, number) != VERSION_LAX) continue;
    failed = store_read(fd, head, sizeof head, layout_block_offset(number, volume.block_size), &got);
    if (failed) break;
    failed = got < sizeof head || block_is_hole(head, sizeof head) ? note_hole(versions, number, 1, size) : note_run(versions, number, 1, version_in(head), size);
  }
  if (!failed) failed = note_run(versions, 0, 0, VERSION_HOLE, size);
  versions->lax = failed != 0;
  return failed;
}

// A file that was emptied has its header still.
static bool is_size(const struct versions *versions, uint64_t backing_size) {
  uint64_t size = layout_plain_size(backing_size, volume.block_size);
  bool whole = backing_size == (size == 0 ? FILE_HEADER_SIZE : layout_backing_size(size, volume.block_size));
  return whole && (size == versions->size || versions->size == SIZE_LAX);
}

bool integrity_knows_block(const uint8_t id[FILE_ID_SIZE], uint64_t number, const uint8_t *sealed, size_t size) {
  if (!volume.integrity) return true;
  pthread_mutex_lock(&integrity_lock);
  const struct versions *versions = state_file(id);
  bool known = versions && integrity_is_version(versions, number, sealed, size);
  pthread_mutex_unlock(&integrity_lock);
  return known;
}

bool integrity_knows_size(const uint8_t id[FILE_ID_SIZE], uint64_t backing_size) {
  if (!volume.integrity) return true;
  pthread_mutex_lock(&integrity_lock);
  const struct versions *versions = state_file(id);
  bool known = versions && is_size(versions, backing_size);
  pthread_mutex_unlock(&integrity_lock);
  return known;
}

int integrity_accept_file(int fd, uint8_t id[FILE_ID_SIZE]) {
  uint8_t header[FILE_HEADER_SIZE];
  struct stat st;
  size_t got;
  int failed = fstat(fd, &st) ? -errno : store_read(fd, header, sizeof header, 0, &got);
  if (failed || got < sizeof header || !content_is_header(header)) return failed ? failed : -EIO;
  memcpy(id, header + FILE_HEADER_SIZE - FILE_ID_SIZE, FILE_ID_SIZE);
  pthread_mutex_lock(&integrity_lock);
  struct versions *versions = state_file(id);
  uint64_t size = layout_plain_size((uint64_t)st.st_size, volume.block_size);
  failed = versions ? versions_set(versions, 0, blocks_of(size), VERSION_LAX) : -ENOMEM;
  if (!failed) failed = adopt(fd, versions, size);
  for (uint64_t at = 0, count, version; !failed && (count = versions_run(versions, &at, &version)) > 0; at += count)
    if (version >> VERSION_EPOCH_SHIFT > integrity_state.epoch) integrity_state.epoch = version >> VERSION_EPOCH_SHIFT;
  pthread_mutex_unlock(&integrity_lock);
  return failed;
}

int integrity_check_file(int fd, struct versions *versions) {
  struct stat st;
  if (!versions) return 0;
  if (fstat(fd, &st)) return -errno;
  uint64_t size = layout_plain_size((uint64_t)st.st_size, volume.block_size);
  if (versions->lax) {
    pthread_mutex_lock(&integrity_lock);
    int failed = versions->size == SIZE_LAX || versions->size == size ? adopt(fd, versions, size) : 0;
    pthread_mutex_unlock(&integrity_lock);
    if (failed) return failed;
  }
  return is_size(versions, (uint64_t)st.st_size) ? 0 : -EIO;
}

void integrity_forget(const uint8_t id[FILE_ID_SIZE]) {
  if (!volume.integrity) return;
  pthread_mutex_lock(&integrity_lock);
  state_forget_file(id);
  pthread_mutex_unlock(&integrity_lock);
}
