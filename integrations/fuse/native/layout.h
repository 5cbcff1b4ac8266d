// Sizes and offsets, plaintext to backing file and back. Pure.
#pragma once
#include <stdint.h>

#define FILE_HEADER_SIZE 32
#define BLOCK_OVERHEAD 40 // session 16, counter 8, tag 16

static inline uint64_t layout_backing_size(uint64_t size, uint32_t block) {
  if (size == 0) return 0;
  return FILE_HEADER_SIZE + size + (size + block - 1) / block * BLOCK_OVERHEAD;
}

static inline uint64_t layout_plain_size(uint64_t backing, uint32_t block) {
  if (backing <= FILE_HEADER_SIZE) return 0;
  uint64_t body = backing - FILE_HEADER_SIZE, sealed = block + BLOCK_OVERHEAD, rest = body % sealed;
  return body / sealed * block + (rest > BLOCK_OVERHEAD ? rest - BLOCK_OVERHEAD : 0);
}

// Where block `number` stands in the backing file.
static inline uint64_t layout_block_offset(uint64_t number, uint32_t block) {
  return FILE_HEADER_SIZE + number * (uint64_t)(block + BLOCK_OVERHEAD);
}
