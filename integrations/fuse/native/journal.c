#include "journal.h"
#include "log.h"
#include "layout.h"
#include "suite.h"
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint8_t magic[8] = {'H', 'U', 'F', 'U', '-', 'J', 'N', 1};
static struct journal_slot slots[JOURNAL_SLOTS_MAX];
static int slot_count, root = -1;
static _Atomic int slots_taken;
static uint8_t *mapped;
static size_t mapped_size;
static bool on_disk;

size_t journal_data_size(void) {
  size_t blocks = MAX_WRITE / volume.block_size + 2, size = blocks * (volume.block_size + BLOCK_OVERHEAD);
  return (size + 4095) / 4096 * 4096;
}

// Room is taken before it is mapped: a write to a page that the store has no room for would end the process.
static int map_file(int root_fd, size_t size) {
  int fd = openat(root_fd, JOURNAL_FILE, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  int failed = -posix_fallocate(fd, 0, (off_t)size);
  if (!failed) mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (!failed && mapped == MAP_FAILED) failed = -errno;
  close(fd);
  if (failed) unlinkat(root_fd, JOURNAL_FILE, 0);
  return failed;
}

static int map_memory(size_t size) {
  mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mapped == MAP_FAILED ? -ENOMEM : 0;
}

int journal_open(int root_fd, int count, bool read_only) {
  size_t slot_size = JOURNAL_RECORD_SIZE + journal_data_size();
  int failed = read_only ? -EROFS : map_file(root_fd, slot_size * (size_t)count);
  on_disk = failed == 0;
  if (failed == -EROFS && !read_only) return failed;
  if (failed && !read_only) log_line("no journal (%s): a server that is killed now may leave torn blocks", strerror(-failed));
  if (failed && (failed = map_memory(slot_size * (size_t)count))) return failed;
  mapped_size = slot_size * (size_t)count;
  slot_count = count;
  root = root_fd;
  atomic_store(&slots_taken, 0);
  for (int i = 0; i < count; i++) {
    uint8_t *at = mapped + slot_size * (size_t)i;
    slots[i] = (struct journal_slot){.record = on_disk ? (struct journal_record *)at : NULL, .data = at + JOURNAL_RECORD_SIZE};
  }
  return 0;
}

void journal_close(void) {
  if (!mapped) return;
  munmap(mapped, mapped_size);
  mapped = NULL;
  if (on_disk) unlinkat(root, JOURNAL_FILE, 0);
  on_disk = false;
}

struct journal_slot *journal_take(void) {
  int taken = atomic_fetch_add(&slots_taken, 1);
  return taken < slot_count ? &slots[taken] : NULL;
}

int journal_mac(const struct journal_record *record, uint8_t mac[32]) {
  uint8_t text[offsetof(struct journal_record, mac) + JOURNAL_PATH_MAX];
  const size_t head = offsetof(struct journal_record, mac), path = be32toh(record->path_size);
  unsigned size = 32;
  if (path > JOURNAL_PATH_MAX) return -EBADMSG;
  memcpy(text, record, head);
  memcpy(text + head, record->path, path);
  return HMAC(suite_hash(), volume.keys.journal, sizeof volume.keys.journal, text, head + path, mac, &size) ? 0 : -EIO;
}

// The MAC is stored last: until it is there the record is none.
static int write_record(struct journal_record *record, struct node *node, const uint8_t *file_id, const struct change *change) {
  uint8_t mac[32];
  memcpy(record->magic, magic, sizeof magic);
  record->kind = htobe32(change->kind);
  record->offset = htobe64(change->offset);
  record->length = htobe64(change->kind == JOURNAL_RESIZE ? change->version : change->length);
  record->final_size = htobe64(change->kind == JOURNAL_PUNCH ? change->version : change->final_size);
  record->inode = htobe64(node->inode);
  record->path_size = htobe32((uint32_t)node_path(node, record->path, JOURNAL_PATH_MAX));
  memcpy(record->file_id, file_id, FILE_ID_SIZE);
  pthread_rwlock_rdlock(&volume.keys_lock);
  int failed = volume.keys.present ? journal_mac(record, mac) : -EACCES;
  pthread_rwlock_unlock(&volume.keys_lock);
  if (failed) return failed;
  atomic_thread_fence(memory_order_release);
  memcpy(record->mac, mac, sizeof mac);
  atomic_thread_fence(memory_order_seq_cst);
  return 0;
}

int journal_begin(struct journal_slot *slot, struct node *node, const uint8_t file_id[FILE_ID_SIZE], const struct change *change) {
  return slot->record ? write_record(slot->record, node, file_id, change) : 0;
}

void journal_end(struct journal_slot *slot) {
  if (!slot->record) return;
  atomic_thread_fence(memory_order_seq_cst);
  memset(slot->record->mac, 0, sizeof slot->record->mac);
  slot->record->kind = JOURNAL_NONE;
  atomic_thread_fence(memory_order_release);
}
