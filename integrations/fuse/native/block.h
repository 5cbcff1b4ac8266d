// One block of a file's content: docs/formats/volume-block.md.
#pragma once
#include "layout.h"
#include "volume.h"

#define BLOCK_SIZE_MAX 65536
#define SESSION_SIZE 16
#define BLOCK_KEYS 4

// A block key that was derived, and the session it is of.
struct session_key {
  uint8_t session[SESSION_SIZE], bytes[32];
  bool set;
};

struct file_key {
  uint8_t bytes[32];
  pthread_mutex_t lock; // guards what follows
  struct session_key kept[BLOCK_KEYS];
  unsigned oldest;
};

// Draws the session of this process's writing; its counter begins with the epoch (24 bits, 0 without integrity). 0 or a negative errno.
int block_session_begin(uint64_t epoch);
// So many counters in a row: the next blocks that this thread seals get them.
void block_take_counters(uint64_t count);
// One that no block has.
uint64_t block_next_counter(void);
bool block_is_hole(const uint8_t *sealed, size_t size);
// The key of one file, from the volume's content key and the file's id. The lock must be ready.
int file_key_derive(const uint8_t file_id[FILE_ID_SIZE], struct file_key *key);
void file_key_wipe(struct file_key *key);
// Writes size + BLOCK_OVERHEAD bytes. 0 or a negative errno.
int block_seal(struct file_key *key, uint64_t number, const uint8_t *plaintext, size_t size, uint8_t *sealed);
// As block_seal, with session and counter from outside: no two contents may have the same.
int block_seal_by(const struct file_key *key, uint64_t number, const uint8_t iv[SESSION_SIZE + 8], const uint8_t *plaintext, size_t size, uint8_t *sealed);
// Writes sealed_size - BLOCK_OVERHEAD bytes; a hole opens to zeros. -EIO when it is not authentic.
int block_open(struct file_key *key, uint64_t number, const uint8_t *sealed, size_t sealed_size, uint8_t *plaintext);
