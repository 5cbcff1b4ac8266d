// An open file of a reverse view: sealed as it is read.
#pragma once
#include "file.h"
#include "reverse.h"

struct view {
  pthread_rwlock_t lock; // of its key
  int fd;                // of the plain file; -1 where the view made it
  uint64_t size;         // of the plain file when it was opened
  bool sparse, has_key;
  uint8_t id[FILE_ID_SIZE];
  struct file_key key;
  uint8_t *bytes; // of a file that the view made, all of them
  uint32_t opens;
  struct node *node;
  struct view *next;
};

// One who has it open. A block that the last read ended within is gone on with as it was.
struct reader {
  struct view *view;
  pthread_mutex_t lock;
  bool kept;
  uint64_t number;
  uint8_t sealed[]; // of one block
};

// Opens the node's view, or joins the one that is open.
int view_open(struct node *node, struct reader **reader);
void view_release(struct reader *reader);
// As file_read.
ssize_t view_read(struct reader *reader, struct scratch *scratch, uint64_t offset, size_t size, uint8_t **bytes);
int64_t view_seek(struct view *view, uint64_t offset, int whence);
// The size that the node's view has while it is open: false where it is not.
bool view_size_of(struct node *node, uint64_t *size);
// What the view made: the bytes of hufu.dir, hufu.volume or the name of a long entry. The caller frees them.
int view_made(struct node *node, const struct place *place, uint8_t **bytes, uint64_t *size);
