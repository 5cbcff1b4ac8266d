// A new entry of a directory: what the operations that make one share.
#pragma once
#include "channel.h"
#include "integrity.h"
#include "name.h"

struct making {
  struct node *parent;
  int fd;
  struct name name;
  bool noted;                      // before it is made; what stood there:
  enum known known;
  uint8_t before[OBJECT_SIZE];
};

// Seals the name and holds its directory and tree_lock: 0 or a negative errno. Every success is ended with making_end.
int making_begin(struct request *request, const char *plain, mode_t mask, struct making *making);
// Notes where the new entry leads, before it is there.
int making_note(struct making *making, const uint8_t object[OBJECT_SIZE]);
// A new file's id is noted; it is written into it by making_header.
int making_note_file(struct making *making, uint8_t id[FILE_ID_SIZE]);
int making_header(int fd, const uint8_t id[FILE_ID_SIZE]);
// As the kernel would have made it: the caller's, or the directory's group where that is set-group-id.
int making_give(const struct request *request, const struct making *making, const char *backing);
int making_entry(struct making *making, struct fuse_entry_out *entry);
// What can't be given to the caller, or told of, is not made after all. Where it stays, it stays noted.
void making_take_back(struct making *making);
// Takes back what was noted where it failed, and releases what making_begin holds.
void making_end(struct making *making, int failed);
// Gives what was made to the caller, ends the making and answers with the entry. `failed`: of making it.
int making_finish(struct request *request, struct answer *answer, struct making *making, int failed);
