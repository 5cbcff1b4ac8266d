#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t passed, failed;
static uint64_t state = 0x9e3779b97f4a7c15ULL;

void check(int ok, const char *name) {
  if (ok) {
    passed++;
    return;
  }
  failed++;
  printf("failed: %s\n", name);
}

int report(void) {
  printf("%zu passed, %zu failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

// xorshift64*
static uint64_t next(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1dULL;
}

void random_bytes(uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(next() >> 56);
}

size_t random_below(size_t limit) { return (size_t)(next() % limit); }

static uint8_t *allocate(size_t size) {
  uint8_t *bytes = malloc(size == 0 ? 1 : size);
  if (bytes == NULL) abort();
  return bytes;
}

uint8_t *exact_copy(const uint8_t *bytes, size_t size) {
  uint8_t *copy = allocate(size);
  if (size > 0) memcpy(copy, bytes, size);
  return copy;
}

static unsigned digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

uint8_t *from_hex(const char *hex, size_t *size) {
  *size = strlen(hex) / 2;
  uint8_t *bytes = allocate(*size);
  for (size_t i = 0; i < *size; i++) bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  return bytes;
}
