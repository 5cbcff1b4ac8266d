#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_FENCES 1024

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

static struct {
  void *address;
  size_t size;
} fences[MAX_FENCES];
static size_t fence_count;

uint8_t *fenced(size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t usable = (size + page - 1) / page * page;
  uint8_t *start = mmap(NULL, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED || fence_count == MAX_FENCES || mprotect(start + usable, page, PROT_NONE) != 0) abort();
  fences[fence_count].address = start;
  fences[fence_count++].size = usable + page;
  return start + usable - size;
}

void release(void) {
  while (fence_count > 0) {
    fence_count--;
    munmap(fences[fence_count].address, fences[fence_count].size);
  }
}

uint8_t *fenced_copy(const uint8_t *bytes, size_t size) {
  uint8_t *copy = fenced(size);
  if (size > 0) memcpy(copy, bytes, size);
  return copy;
}

uint8_t *fenced_random(size_t size) {
  uint8_t *bytes = fenced(size);
  random_bytes(bytes, size);
  return bytes;
}

static unsigned digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

uint8_t *from_hex(const char *hex, size_t *size) {
  *size = strlen(hex) / 2;
  uint8_t *bytes = fenced(*size);
  for (size_t i = 0; i < *size; i++) bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  return bytes;
}
