// One record of `hufu.integrity`: docs/formats/volume-integrity.md.
#pragma once
#include "table.h"
#include "versions.h"

#define INTEGRITY_FILE "hufu.integrity"
#define RECORD_SIZE 112
#define RECORD_TEXT 96 // what the MAC is made of, behind the MAC of the record before
#define RECORD_MAC 16
#define OBJECT_SIZE 16
#define SIZE_LAX UINT64_MAX

enum record_kind {
  RECORD_BEGIN = 1, RECORD_EPOCH, RECORD_CLEAN, RECORD_WRITE, RECORD_HOLE, RECORD_LINK, RECORD_UNLINK, RECORD_RENAME, RECORD_EXCHANGE, RECORD_SYNC,
};

struct record {
  uint8_t kind, thread, zero[2];
  uint32_t count;                  // big-endian, as the following
  uint64_t sequence;
  uint8_t id[16];                  // of a file, a directory, a boot
  union {
    uint8_t name[16];
    struct { uint64_t first, version; } run;
  };
  union {
    uint8_t object[OBJECT_SIZE];
    struct { uint64_t size, changed; } file;
  };
  uint8_t id2[16], name2[16];
  uint8_t mac[RECORD_MAC];
};
_Static_assert(sizeof(struct record) == RECORD_SIZE, "a record is of a fixed size");
