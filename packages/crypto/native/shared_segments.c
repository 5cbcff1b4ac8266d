#include "shared_segments.h"

#include <openssl/crypto.h>
#include <stdatomic.h>

#include "team.h"

// Plaintext bytes that a member takes at a time, where segments are smaller.
#define SHARE_SIZE ((size_t)1 << 16)
// Bytes of a run for which helpers are called: to wake one takes about as long as the cipher takes for a quarter of them.
#define SHARED_MIN ((size_t)1 << 18)

typedef struct {
  const segment_run *run;
  bool (*use)(const segment_run *run, span in, uint8_t *out);
  span in;
  uint8_t *out;
  size_t step, out_step;  // bytes of a whole segment before and after
  size_t count, share;    // segments of the run, and of one share
  atomic_size_t next;     // the first segment that nobody has taken
  atomic_bool failed;
  cipher_key *keys[TEAM_MAX]; // of each member
} shared_run;

// The bytes in `in` before a segment of the run.
static size_t place_of(const shared_run *s, size_t segment) {
  const size_t heads = s->run->head.size > 0 ? 1 : 0;
  return (segment > heads ? segment - heads : 0) * s->step;
}

static bool do_share(const shared_run *s, cipher_key *key, size_t first) {
  const bool final = s->count - first <= s->share;
  const size_t at = place_of(s, first), end = final ? s->in.size : place_of(s, first + s->share);
  segment_run part = *s->run;
  part.key = key;
  part.first_index += first;
  part.last = final && s->run->last;
  if (first > 0) part.head.size = 0;
  return s->use(&part, (span){s->in.data + at, end - at}, s->out + first * s->out_step);
}

static void take_shares(void *work, size_t member) {
  shared_run *s = work;
  while (!atomic_load(&s->failed)) {
    const size_t first = atomic_fetch_add(&s->next, s->share);
    if (first >= s->count) return;
    if (!do_share(s, s->keys[member], first)) atomic_store(&s->failed, true);
  }
}

// One thread uses a key at a time. How many members have one.
static size_t copy_keys(shared_run *s) {
  size_t members = 1;
  s->keys[0] = s->run->key;
  for (; members < team_size(); members++) {
    s->keys[members] = s->run->cipher->key_copy(s->run->key);
    if (s->keys[members] == NULL) break;
  }
  return members;
}

static bool run_shared(shared_run *s) {
  if (s->in.size < SHARED_MIN || s->count <= s->share) return s->use(s->run, s->in, s->out);
  const size_t members = copy_keys(s);
  team_run(members, take_shares, s);
  for (size_t i = 1; i < members; i++) s->run->cipher->key_free(s->keys[i]);
  return !atomic_load(&s->failed);
}

static size_t share_of(const segment_run *run) {
  return run->segment_size < SHARE_SIZE ? SHARE_SIZE / run->segment_size : 1;
}

bool shared_segments_seal(const segment_run *run, span in, uint8_t *out) {
  shared_run s = {.run = run, .use = segments_seal, .in = in, .out = out, .share = share_of(run)};
  s.step = run->segment_size;
  s.out_step = run->segment_size + TAG_SIZE;
  s.count = segment_run_count(run, in.size, s.step);
  return run_shared(&s);
}

bool shared_segments_open(const segment_run *run, span sealed, uint8_t *out) {
  shared_run s = {.run = run, .use = segments_open, .in = sealed, .out = out, .share = share_of(run)};
  s.step = run->segment_size + TAG_SIZE;
  s.out_step = run->segment_size;
  s.count = segment_run_count(run, sealed.size, s.step);
  if (!segments_end_in_a_tag(run, sealed)) return false;
  if (run_shared(&s)) return true;
  // The other members may have opened what comes behind.
  OPENSSL_cleanse(out, run->head.size + sealed.size - s.count * TAG_SIZE);
  return false;
}
