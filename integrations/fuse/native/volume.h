// The volume's native data path: what every file of it shares. docs/formats/volume.md has the bytes.
#pragma once
#include <linux/fuse.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define DIR_ID_SIZE 16
#define FILE_ID_SIZE 16
#define VOLUME_KEY_SIZE 32
#define NAME_MAX_PLAIN 255
// base64url of (255 + 16 bytes of SIV tag), and its end.
#define NAME_MAX_SEALED 364
#define MAX_WRITE (1u << 20)
#define MAX_READ (1u << 17) // what is read ahead comes in pieces, so that several threads open it
#define READ_AHEAD_MAX (1u << 20) // what the server is told of it; the kernel takes less by itself
#define REQUEST_SIZE (MAX_WRITE + 8192)
// Names and attributes change through this mount only, so the kernel may keep them.
#define KERNEL_CACHE_SECONDS 3600

enum access { ACCESS_FULL, ACCESS_NO_OPENS, ACCESS_READ_ONLY, ACCESS_REVOKED };

struct keys {
  bool present;        // false once revoked: nothing is sealed or opened under zeros
  uint8_t name[64];    // SIV: the MAC half, then the CTR half; of SM4 the first 32 bytes
  uint8_t content[32]; // per-file keys are derived from it
  uint8_t value[32];   // symlink targets and extended attributes
  uint8_t journal[32]; // records of the journal
  uint8_t reverse[32]; // what stands for randomness in a reverse view
  uint8_t integrity[32]; // records of what is known
};

struct volume {
  int root_fd;
  uint32_t block_size; // plaintext bytes a block
  uint8_t suite;       // suite.h
  _Atomic enum access access;
  struct keys keys; // zeroised on revocation
  pthread_rwlock_t keys_lock;
  bool reverse;   // the backing directory is plain, and shown as a volume: docs/formats/volume-reverse.md
  bool integrity; // it has that feature: integrity.h
  bool own_files; // the server is root: new files are given to their caller
};

extern struct volume volume;
