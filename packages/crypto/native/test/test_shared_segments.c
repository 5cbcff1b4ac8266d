// A run of segments by several threads: the same bytes and answers as by one, from several callers at once too.
#include <pthread.h>
#include <string.h>

#include "../shared_segments.h"
#include "../team.h"
#include "harness.h"

#define SEGMENT ((size_t)4096)
#define LARGE ((size_t)700000)

static int all_zero(const uint8_t *bytes, size_t size) {
  int zero = 1;
  for (size_t i = 0; i < size; i++) zero &= bytes[i] == 0;
  return zero;
}

typedef struct {
  segment_run run;
  span text, sealed; // without the head
  size_t text_size, sealed_size;
  uint8_t *whole; // head and rest, sealed by one thread
} example;

// Seals alone, with the plaintext in one piece; then what follows may give the first segment by itself.
static example example_of(const cipher *cipher, cipher_key *key, size_t segment_size, size_t size, bool last) {
  example e = {.run = {.cipher = cipher, .key = key, .first_index = 3, .segment_size = segment_size, .last = last}};
  uint8_t *text = fenced_random(size);
  e.text_size = size;
  e.sealed_size = size + segment_run_count(&e.run, size, segment_size) * TAG_SIZE;
  e.whole = fenced(e.sealed_size);
  e.text = (span){text, size};
  e.sealed = (span){e.whole, e.sealed_size};
  check(segments_seal(&e.run, e.text, e.whole), "a run is sealed by one thread");
  return e;
}

static span behind(span whole, size_t head) { return (span){fenced_copy(whole.data + head, whole.size - head), whole.size - head}; }

static span head_of(span whole, size_t head) { return (span){fenced_copy(whole.data, head), head}; }

static void shared_equals_alone(const example *e, size_t headed) {
  segment_run run = e->run;
  const size_t plain_head = headed * run.segment_size, sealed_head = headed * (run.segment_size + TAG_SIZE);
  uint8_t *sealed = fenced(e->sealed_size), *text = fenced(e->text_size);
  run.head = head_of(e->text, plain_head);
  check(shared_segments_seal(&run, behind(e->text, plain_head), sealed) && memcmp(sealed, e->whole, e->sealed_size) == 0,
        "by several it is the same");
  run.head = head_of(e->sealed, sealed_head);
  check(shared_segments_open(&run, behind(e->sealed, sealed_head), text) &&
            memcmp(text, e->text.data, e->text_size) == 0,
        "and opens");
}

static void refuses(const example *e) {
  uint8_t *changed = fenced_copy(e->whole, e->sealed_size), *text = fenced_random(e->text_size);
  changed[random_below(e->sealed_size)] ^= (uint8_t)(1 << random_below(8));
  check(!shared_segments_open(&e->run, (span){changed, e->sealed_size}, text), "a changed run does not open");
  check(all_zero(text, e->text_size), "and leaves nothing behind");
}

// The room is what a caller would give: less than the whole segments before the cut one.
static void refuses_a_cut_tag(const example *e) {
  const size_t step = e->run.segment_size + TAG_SIZE, size = 100 * step + 5;
  uint8_t *text = fenced(size - 101 * TAG_SIZE);
  segment_run run = e->run;
  run.last = true;
  check(!shared_segments_open(&run, (span){fenced_copy(e->whole, size), size}, text), "nor one cut within a tag");
}

typedef struct {
  const example *example;
  cipher_key *key;
  uint8_t *sealed;
  int equal;
} caller;

static void *seal_often(void *data) {
  caller *c = data;
  segment_run run = c->example->run;
  run.key = c->key;
  c->equal = 1;
  for (int i = 0; i < 20; i++) {
    memset(c->sealed, 0, c->example->sealed_size);
    c->equal &= shared_segments_seal(&run, c->example->text, c->sealed) &&
                memcmp(c->sealed, c->example->whole, c->example->sealed_size) == 0;
  }
  return NULL;
}

static void callers_at_once(const example *e) {
  caller callers[3];
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) {
    callers[i] = (caller){e, e->run.cipher->key_copy(e->run.key), fenced(e->sealed_size), 0};
    check(pthread_create(&threads[i], NULL, seal_often, &callers[i]) == 0, "a thread");
  }
  for (int i = 0; i < 3; i++) {
    check(pthread_join(threads[i], NULL) == 0 && callers[i].equal, "callers at once all get the same");
    e->run.cipher->key_free(callers[i].key);
  }
}

void test_shared_segments(const cipher *cipher) {
  uint8_t bytes[32];
  random_bytes(bytes, sizeof bytes);
  cipher_key *key = cipher->key_new(bytes);
  check(key != NULL && team_size() >= 1 && team_size() <= TEAM_MAX, "a key and a team");
  const size_t sizes[] = {0, 1, SEGMENT, 262144, 262145, 65536 + 262144, 327680 - 1, LARGE};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    const example e = example_of(cipher, key, SEGMENT, sizes[i], true);
    shared_equals_alone(&e, 0);
    if (sizes[i] > SEGMENT) shared_equals_alone(&e, 1);
    if (sizes[i] > 0) refuses(&e);
    release();
  }
  const example whole = example_of(cipher, key, (size_t)1 << 16, (size_t)10 << 16, false);
  shared_equals_alone(&whole, 0);
  shared_equals_alone(&whole, 1);
  const example large = example_of(cipher, key, SEGMENT, LARGE, true);
  refuses_a_cut_tag(&large);
  callers_at_once(&large);
  release();
  cipher->key_free(key);
}
