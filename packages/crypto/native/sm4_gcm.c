// SM4-GCM (NIST SP 800-38D; RFC 8998) over the kernels of a tier.
#include <string.h>

#include "cipher.h"
#include "secret_memory.h"
#include "sm4.h"
#include "sm4_tier.h"
#include "wipe.h"

struct cipher_key {
  const sm4_tier *tier;
  sm4_gcm_key gcm;
};

// Bytes of the longest plaintext (NIST SP 800-38D, 5.2.1.1): 2^32 - 2 counters.
#define PLAINTEXT_MAX ((((uint64_t)1 << 32) - 2) * BLOCK_SIZE)

static void key_free(cipher_key *key) {
  secret_free(key, sizeof *key);
}

// SM4 of the zero block, which is a keystream block of counter 0 under a nonce of zeros.
static void derive_hash_key(cipher_key *key) {
  static const uint8_t zeros[BLOCK_SIZE];
  uint8_t stream[BATCH_SIZE];
  key->tier->prepare(&key->gcm, zeros);
  key->tier->keystream(&key->gcm, zeros, 0, stream);
  key->tier->prepare(&key->gcm, stream);
  wipe(stream, sizeof stream);
}

static cipher_key *key_for(const sm4_tier *tier, const uint8_t *bytes) {
  cipher_key *key = tier == NULL || !tier->supported() ? NULL : secret_alloc(sizeof(cipher_key));
  if (key == NULL) return NULL;
  key->tier = tier;
  sm4_round_keys(bytes, key->gcm.rounds);
  derive_hash_key(key);
  return key;
}

static cipher_key *key_copy(const cipher_key *key) {
  cipher_key *copy = secret_alloc(sizeof(cipher_key));
  if (copy != NULL) memcpy(copy, key, sizeof *copy);
  return copy;
}

// Blocks wait here to be hashed many at a time.
typedef struct {
  const cipher_key *key;
  uint8_t *hash;
  size_t waiting; // bytes, whole blocks
  uint8_t blocks[BATCH_SIZE];
} hasher;

static void flush(hasher *h) {
  if (h->waiting > 0) h->key->tier->hash(&h->key->gcm, h->hash, h->blocks, h->waiting / BLOCK_SIZE);
  h->waiting = 0;
}

// GHASH of the data, padded with zeros to whole blocks.
static void absorb(hasher *h, span data) {
  const size_t whole = data.size / BATCH_SIZE;
  if (whole > 0) {
    flush(h);
    h->key->tier->hash(&h->key->gcm, h->hash, data.data, whole * BATCH);
  }
  for (size_t at = whole * BATCH_SIZE; at < data.size; at += BLOCK_SIZE) {
    const size_t size = data.size - at < BLOCK_SIZE ? data.size - at : BLOCK_SIZE;
    if (h->waiting == BATCH_SIZE) flush(h);
    memset(h->blocks + h->waiting, 0, BLOCK_SIZE);
    memcpy(h->blocks + h->waiting, data.data + at, size);
    h->waiting += BLOCK_SIZE;
  }
}

static void absorb_sizes(hasher *h, size_t aad, size_t text) {
  uint8_t sizes[BLOCK_SIZE];
  const uint64_t bits[2] = {__builtin_bswap64((uint64_t)aad * 8), __builtin_bswap64((uint64_t)text * 8)};
  memcpy(sizes, bits, BLOCK_SIZE);
  absorb(h, (span){sizes, BLOCK_SIZE});
}

static void apply(const uint8_t *stream, span in, uint8_t *out) {
  for (size_t i = 0; i < in.size; i++) out[i] = in.data[i] ^ stream[i];
}

// The rest of the text, less than a batch, and its hash.
static void crypt_rest(hasher *h, const uint8_t *stream, span in, uint8_t *out, bool sealing) {
  if (!sealing) absorb(h, in);
  apply(stream, in, out);
  if (sealing) absorb(h, (span){out, in.size});
}

// The whole of GCM but for comparing the tag. `out` is `in` or apart from it.
static void crypt(const cipher_key *key, const uint8_t *nonce, span aad, span in, uint8_t *out, bool sealing,
                  uint8_t tag[TAG_SIZE]) {
  sm4_gcm_state state = {.counter = 2};
  hasher h = {.key = key, .hash = state.hash};
  uint8_t first[BATCH_SIZE], last[BATCH_SIZE];
  const size_t batches = in.size / BATCH_SIZE, whole = batches * BATCH_SIZE;
  const span rest = {in.data + whole, in.size - whole};
  memcpy(state.nonce, nonce, NONCE_SIZE);
  absorb(&h, aad);
  // The first block masks the tag, the others are the beginning of the key stream.
  key->tier->keystream(&key->gcm, nonce, 1, first);
  if (in.size <= BATCH_SIZE - BLOCK_SIZE) {
    crypt_rest(&h, first + BLOCK_SIZE, in, out, sealing);
  } else {
    flush(&h);
    (sealing ? key->tier->seal : key->tier->open)(&key->gcm, &state, in.data, out, batches);
    if (rest.size > 0) key->tier->keystream(&key->gcm, nonce, state.counter, last);
    crypt_rest(&h, last, rest, out + whole, sealing);
    wipe(last, sizeof last);
  }
  absorb_sizes(&h, aad.size, in.size);
  flush(&h);
  apply(first, (span){state.hash, TAG_SIZE}, tag);
  wipe(first, sizeof first);
}

static bool seal(cipher_key *key, const uint8_t nonce[NONCE_SIZE], span aad, span in, uint8_t *out) {
  if (in.size > PLAINTEXT_MAX) return false;
  crypt(key, nonce, aad, in, out, true, out + in.size);
  return true;
}

static bool same(const uint8_t *a, const uint8_t *b, size_t size) {
  uint8_t difference = 0;
  for (size_t i = 0; i < size; i++) difference |= a[i] ^ b[i];
  return difference == 0;
}

static bool open_sealed(cipher_key *key, const uint8_t nonce[NONCE_SIZE], span aad, span sealed, uint8_t *out) {
  if (sealed.size < TAG_SIZE || sealed.size - TAG_SIZE > PLAINTEXT_MAX) return false;
  const span in = {sealed.data, sealed.size - TAG_SIZE};
  uint8_t tag[TAG_SIZE];
  crypt(key, nonce, aad, in, out, false, tag);
  if (same(tag, sealed.data + in.size, TAG_SIZE)) return true;
  wipe(out, in.size);
  return false;
}

// A cipher for each tier: the names tell them apart where one is forced.
static cipher_key *chosen_key(const uint8_t *bytes) { return key_for(sm4_tier_chosen(), bytes); }
static cipher_key *portable_key(const uint8_t *bytes) { return key_for(&sm4_portable, bytes); }

#define SM4_GCM(name, key_new) \
  { name, SM4_KEY_SIZE, key_new, key_copy, key_free, seal, open_sealed }

const cipher sm4_gcm = SM4_GCM("SM4-GCM", chosen_key);
const cipher sm4_gcm_portable = SM4_GCM("SM4-GCM portable", portable_key);

#if defined(__x86_64__)
static cipher_key *gfni_key(const uint8_t *bytes) { return key_for(&sm4_gfni, bytes); }
static cipher_key *aesni_key(const uint8_t *bytes) { return key_for(&sm4_aesni, bytes); }

const cipher sm4_gcm_gfni = SM4_GCM("SM4-GCM gfni", gfni_key);
const cipher sm4_gcm_aesni = SM4_GCM("SM4-GCM aesni", aesni_key);
#endif
