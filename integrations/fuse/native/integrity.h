// What a volume with integrity knows of itself: which entries there are and what each leads to, and which version of each block.
// So an older state of a block, a file or a name is found: docs/formats/volume-integrity.md. Where the volume has none, every
// check passes and nothing is noted.
#pragma once
#include "integrity_record.h"
#include "journal.h"

// Reads what is known. 0 or a negative errno: -EILSEQ where it is missing, not authentic, or ends before that change.
int integrity_open(int root_fd, bool read_only, uint64_t least);
// From now on changes are noted. The epoch of what is sealed from here on, or a negative errno.
int64_t integrity_begin(void);
void integrity_close(void);
// Reads what another process, which serves the volume, has noted meanwhile.
int integrity_refresh(int root_fd);
// The number of the last change, also of a volume that was closed since.
uint64_t integrity_sequence(void);
// Under no lock, after a request: writes anew what has grown too long.
void integrity_tidy(void);
struct integrity_counts {
  uint64_t entries, files, directories; // those of directories with entries
};
// How much is known, and kept in memory.
struct integrity_counts integrity_count(void);
bool integrity_is_root(const uint8_t id[DIR_ID_SIZE]);

enum known { KNOWN_NOT, KNOWN_LAX, KNOWN };
enum known integrity_entry(const uint8_t directory[DIR_ID_SIZE], const char *backing, uint8_t object[OBJECT_SIZE]);
uint64_t integrity_entries(const uint8_t directory[DIR_ID_SIZE]);
// The same number twice: none of its entries changed between.
uint64_t integrity_entry_changes(const uint8_t directory[DIR_ID_SIZE]);
// Whether that is where the entry leads; one that may be anything is noted as this. 0 or -EIO.
int integrity_leads_to(const uint8_t directory[DIR_ID_SIZE], const char *backing, const uint8_t object[OBJECT_SIZE]);

// Noted before the change is made. 0 or a negative errno, and then it must not be made.
int integrity_link(const uint8_t directory[DIR_ID_SIZE], const char *backing, const uint8_t object[OBJECT_SIZE]);
int integrity_unlink(const uint8_t directory[DIR_ID_SIZE], const char *backing);
struct integrity_place {
  const uint8_t *directory;
  const char *backing;
};
int integrity_rename(struct integrity_place from, struct integrity_place to, bool exchange);
// The change was not made after all: the entry is what it was.
void integrity_restore(const uint8_t directory[DIR_ID_SIZE], const char *backing, enum known known, const uint8_t object[OBJECT_SIZE]);

// Where an entry leads that is no file and no directory.
void integrity_object_of_target(const char *text, size_t size, uint8_t object[OBJECT_SIZE]);
void integrity_object_of_special(const struct stat *st, uint8_t object[OBJECT_SIZE]);

// The versions of a file's blocks. The file's lock guards them; null without integrity.
struct versions *integrity_file(const uint8_t id[FILE_ID_SIZE]);
// The file that is open by this descriptor is what is known: its size, and its blocks as far as that was not known. 0 or -EIO.
int integrity_check_file(int fd, struct versions *versions);
bool integrity_is_version(const struct versions *versions, uint64_t number, const uint8_t *sealed, size_t size);
// The same for whoever only verifies, while the records may grow.
bool integrity_knows_block(const uint8_t id[FILE_ID_SIZE], uint64_t number, const uint8_t *sealed, size_t size);
bool integrity_knows_size(const uint8_t id[FILE_ID_SIZE], uint64_t backing_size);
// Before a change, that it can be noted.
int integrity_prepare(const struct versions *versions);
// Notes a change that was made: of a write, `data` are its blocks.
int integrity_note(struct versions *versions, const struct change *change, const uint8_t *data, uint64_t size);
// Whether a change that a killed server had begun is the file's last one.
bool integrity_may_finish(const struct versions *versions, uint64_t version);
// All that is known of the file or directory is durable from here on, as its content is. 0 or a negative errno.
int integrity_sync(const uint8_t id[16], bool directory);
// No name leads to the file any more, and nobody knows it.
void integrity_forget(const uint8_t id[FILE_ID_SIZE]);

// For a volume that is put back from a copy: forgets all, so that what is there can be noted as what is known; writes it.
int integrity_accept_begin(int root_fd, const uint8_t root[DIR_ID_SIZE]);
// All blocks of the file, as they are.
int integrity_accept_file(int fd, uint8_t id[FILE_ID_SIZE]);
int integrity_accept_entry(const uint8_t directory[DIR_ID_SIZE], const char *backing, const uint8_t object[OBJECT_SIZE]);
int integrity_accept_end(int root_fd);
