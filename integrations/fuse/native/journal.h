// Redo log of changes in place, so that a server that is killed leaves no torn block: docs/formats/volume-journal.md.
// Each thread that serves has a slot: it seals straight into the slot's data, which is mapped, and so nothing is copied.
#pragma once
#include "node.h"

#define JOURNAL_FILE "hufu.journal"
#define JOURNAL_SLOTS_MAX 64
#define JOURNAL_RECORD_SIZE 4096
#define JOURNAL_PATH_MAX 4000
#define JOURNAL_KEEP_SIZE UINT64_MAX // of `final_size`

enum journal_kind { JOURNAL_NONE, JOURNAL_WRITE, JOURNAL_PUNCH, JOURNAL_RESIZE };

struct journal_record {
  uint8_t magic[8];
  uint32_t kind, path_size;                         // big-endian, as the following
  uint64_t offset, length, final_size, inode;
  uint8_t file_id[FILE_ID_SIZE];
  uint8_t mac[32];
  char path[JOURNAL_PATH_MAX];                      // backing names from the root, joined by '/'; size 0 where it is too long
};
_Static_assert(sizeof(struct journal_record) == JOURNAL_RECORD_SIZE, "a record is a page");

struct journal_slot {
  struct journal_record *record; // null where there is no journal: `data` is memory of this process
  uint8_t *data;
};

struct change {
  enum journal_kind kind;
  uint64_t offset, length; // in the backing file; the bytes of a write are the slot's data
  uint64_t final_size;     // the backing file is cut or grown to it afterwards, or JOURNAL_KEEP_SIZE
  uint64_t version;        // of a punch, a resize: when it was, among the changes of the volume
};

// Bytes of a slot's data: the longest write, sealed.
size_t journal_data_size(void);
// Makes the journal with so many slots. On a full store there is none, and it says so in the log. 0 or a negative errno.
int journal_open(int root_fd, int slots, bool read_only);
// Every change was finished: the journal is removed.
void journal_close(void);
// A slot that no other thread has.
struct journal_slot *journal_take(void);
// From here on the change is finished, by this process or the next. 0 or a negative errno.
int journal_begin(struct journal_slot *slot, struct node *node, const uint8_t file_id[FILE_ID_SIZE], const struct change *change);
void journal_end(struct journal_slot *slot);
// Under the keys lock. The MAC of a record that has all but its MAC.
int journal_mac(const struct journal_record *record, uint8_t mac[32]);
// Finishes what a killed server had begun; forged and torn records are ignored. How many, or a negative errno.
int journal_recover(int root_fd);
