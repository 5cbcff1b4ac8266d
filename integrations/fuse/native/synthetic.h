// What stands for randomness in a reverse view, by place and content: F of docs/formats/volume-reverse.md.
#pragma once
#include "block.h"
#include "gcm.h"

enum synthetic_kind { SYNTHETIC_ROOT = 1, SYNTHETIC_DIRECTORY, SYNTHETIC_ENTRY, SYNTHETIC_LINKED, SYNTHETIC_BLOCK, SYNTHETIC_VALUE };

// Each 0, -EACCES where the keys were taken away, or -EIO.
int synthetic_root_id(uint8_t id[DIR_ID_SIZE]);
// Of a directory, or of another entry with one name.
int synthetic_id(enum synthetic_kind kind, const uint8_t directory[DIR_ID_SIZE], const char *name, uint8_t id[DIR_ID_SIZE]);
// Of an entry with several names.
int synthetic_linked_id(uint64_t inode, uint8_t id[DIR_ID_SIZE]);
int synthetic_block(const uint8_t file_id[FILE_ID_SIZE], uint64_t number, const uint8_t *plain, size_t size, uint8_t iv[SESSION_SIZE + 8]);
int synthetic_nonce(const uint8_t id[DIR_ID_SIZE], const char *purpose, const uint8_t *value, size_t size, uint8_t nonce[GCM_NONCE_SIZE]);
