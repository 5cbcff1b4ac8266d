// What reading, writing and changing the size of a file share. All under the file's lock.
#pragma once
#include "file.h"
#include "layout.h"

#define SEALED_BLOCK (volume.block_size + BLOCK_OVERHEAD)
// No backing file may be longer than an offset can tell.
#define SIZE_LIMIT ((uint64_t)(INT64_MAX - FILE_HEADER_SIZE) / SEALED_BLOCK * volume.block_size)

// Reads the header and derives the key. 1 when the file has none yet, because it is empty.
int content_load_key(struct file *file);
// As content_load_key, but an empty file gets a header.
int content_make_header(struct file *file);
// The file has no header where it must have one: -EIO, and a line in the log.
int content_missing(struct file *file);
// Whether FILE_HEADER_SIZE bytes begin a file of this format.
bool content_is_header(const uint8_t *header);
// Writes the header of a file with that id.
void content_fill_header(const uint8_t id[FILE_ID_SIZE], uint8_t header[FILE_HEADER_SIZE]);
// Has the file begin with this id: for one that was just made, where the volume has integrity.
int content_write_header(int fd, const uint8_t id[FILE_ID_SIZE]);
int content_size(struct file *file, uint64_t *size);
// Opens the blocks [first, end) as far as the file goes: how many plaintext bytes they hold.
ssize_t content_open_blocks(struct file *file, uint64_t first, uint64_t end, uint8_t *sealed, uint8_t *plain);
ssize_t content_write(struct file *file, struct scratch *scratch, uint64_t offset, const uint8_t *bytes, size_t size);
// The last block of a file that grows past it must become a whole one: zeros are sealed into it.
int content_fill_last_block(struct file *file, struct scratch *scratch, uint64_t old_size, uint64_t new_size);
