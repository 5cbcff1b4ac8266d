#include "secret_memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "wipe.h"

#define SMALLEST 64
#define CLASSES 11 // 64 bytes to 64 KiB, in powers of two
#define CHUNK_SIZE ((size_t)1 << 18)

typedef struct block {
  struct block *next;
} block;

typedef struct chunk {
  void *memory;
  struct chunk *next;
} chunk;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static block *vacant[CLASSES];
static chunk *chunks;
static char *unused;
static size_t unused_size;

// The kernel may refuse to lock more, or be too old for a request: then that protection is missing, not the memory.
static void *map(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  (void)mlock(memory, size);
#ifdef MADV_DONTDUMP
  (void)madvise(memory, size, MADV_DONTDUMP);
#endif
#ifdef MADV_WIPEONFORK
  (void)madvise(memory, size, MADV_WIPEONFORK);
#endif
  return memory;
}

static void wipe_chunks(void) {
  for (chunk *c = chunks; c != NULL; c = c->next) wipe(c->memory, CHUNK_SIZE);
}

static bool add_chunk(void) {
  chunk *c = malloc(sizeof *c);
  void *memory = c == NULL ? NULL : map(CHUNK_SIZE);
  if (memory == NULL) {
    free(c);
    return false;
  }
  if (chunks == NULL) atexit(wipe_chunks);
  *c = (chunk){memory, chunks};
  chunks = c;
  unused = memory;
  unused_size = CHUNK_SIZE;
  return true;
}

// CLASSES for what has a mapping of its own.
static int class_of(size_t size) {
  int class = 0;
  while (class < CLASSES && (size_t)SMALLEST << class < size) class++;
  return class;
}

// What a chunk has left when it is too small for the request stays unused until a smaller one comes.
static void *carve(size_t size) {
  if (unused_size < size && !add_chunk()) return NULL;
  void *memory = unused;
  unused += size;
  unused_size -= size;
  return memory;
}

static void *take(int class) {
  block *b = vacant[class];
  if (b == NULL) return carve((size_t)SMALLEST << class);
  vacant[class] = b->next;
  b->next = NULL;
  return b;
}

void *secret_alloc(size_t size) {
  const int class = class_of(size);
  if (class == CLASSES) return map(size);
  pthread_mutex_lock(&lock);
  void *memory = take(class);
  pthread_mutex_unlock(&lock);
  return memory;
}

void secret_free(void *memory, size_t size) {
  if (memory == NULL) return;
  const int class = class_of(size);
  wipe(memory, size);
  if (class == CLASSES) {
    munmap(memory, size);
    return;
  }
  pthread_mutex_lock(&lock);
  ((block *)memory)->next = vacant[class];
  vacant[class] = memory;
  pthread_mutex_unlock(&lock);
}
