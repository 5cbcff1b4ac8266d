// An open file's content: ranges of plaintext over sealed blocks.
#pragma once
#include "block.h"
#include "journal.h"
#include "log.h"

struct file {
  pthread_rwlock_t lock; // reading blocks: shared; writing, truncating: exclusive
  int fd;
  bool writable, has_key;
  uint32_t opens;
  uint8_t id[FILE_ID_SIZE]; // where it has a key
  struct file_key key;
  struct versions *versions; // what its blocks must be; null without integrity
  struct node *node;
  struct file *next; // of all that are open
};

// Opens the node's content, or joins the opening that is there. `flags`: the client's access mode counts.
int file_open(struct node *node, int flags, struct file **file);
// As file_open, for a descriptor that was just created. It is the file's where this succeeds.
int file_adopt(struct node *node, int fd, struct file **file);
void file_release(struct file *file);
// Each thread brings its own memory, so that blocks are sealed and opened without copies between.
struct scratch {
  uint8_t *sealed; // MAX_WRITE and the overhead of its blocks
  uint8_t *plain;  // MAX_WRITE and two blocks
  struct journal_slot *slot; // what is sealed to be written
};
// Up to `size` bytes from `offset`: how many there are, and `*bytes` where (in scratch). Negative errno on failure.
ssize_t file_read(struct file *file, struct scratch *scratch, uint64_t offset, size_t size, uint8_t **bytes);
// All of them, or a negative errno.
ssize_t file_write(struct file *file, struct scratch *scratch, uint64_t offset, const uint8_t *bytes, size_t size);
int file_truncate(struct file *file, struct scratch *scratch, uint64_t size);
int file_allocate(struct file *file, struct scratch *scratch, int mode, uint64_t offset, uint64_t length);
// Forgets the keys of all open files; the next use of each derives it again.
void files_forget_keys(void);
// The kernel is gone without releasing them.
void files_close(void);
// The next data or hole from `offset`, as lseek(2).
int64_t file_seek(struct file *file, uint64_t offset, int whence);
