// One value: sealed in place and apart, in a tier as in the portable one, opened, changed, and what was never sealed.
#include <string.h>

#include "fuzz.h"

#define LONGEST 1500

typedef struct {
  const cipher *cipher;
  cipher_key *key;
  const uint8_t *nonce;
  span aad, text;
} value;

static uint8_t *sealed_in_place(const value *v) {
  uint8_t *bytes = fenced(v->text.size + TAG_SIZE);
  memcpy(bytes, v->text.data, v->text.size);
  demand(v->cipher->seal(v->key, v->nonce, v->aad, (span){bytes, v->text.size}, bytes), "a value is sealed in place");
  return bytes;
}

static void seals_as_portable(const value *v, const uint8_t *key_bytes, const uint8_t *sealed) {
  if (v->cipher == &aes_256_gcm) return;
  uint8_t *expected = fenced(v->text.size + TAG_SIZE);
  cipher_key *key = sm4_gcm_portable.key_new(key_bytes);
  demand(key != NULL && sm4_gcm_portable.seal(key, v->nonce, v->aad, v->text, expected), "the portable tier seals");
  demand(memcmp(expected, sealed, v->text.size + TAG_SIZE) == 0, "every tier makes the same bytes");
  sm4_gcm_portable.key_free(key);
}

static void opens(fuzz_input *input, const value *v, uint8_t *sealed, bool in_place) {
  const size_t size = v->text.size + TAG_SIZE;
  uint8_t *changed = fenced_copy(sealed, size), *out = in_place ? sealed : fenced(v->text.size);
  demand(v->cipher->open(v->key, v->nonce, v->aad, (span){sealed, size}, out), "what was sealed opens");
  demand(memcmp(out, v->text.data, v->text.size) == 0, "and is what it was");
  change_bit(input, changed, size);
  demand(!v->cipher->open(v->key, v->nonce, v->aad, (span){changed, size}, out), "a changed value does not open");
  demand_zeros(out, v->text.size, "and leaves nothing behind");
}

static void refuses(fuzz_input *input, const value *v) {
  const size_t size = take_below(input, LONGEST);
  uint8_t *bytes = take_bytes(input, size), *out = fenced(size);
  demand(!v->cipher->open(v->key, v->nonce, v->aad, (span){bytes, size}, out), "what was never sealed does not open");
}

void fuzz_cipher(fuzz_input *input) {
  const cipher *cipher = take_cipher(input);
  const bool in_place = take_byte(input) & 1;
  const uint8_t *key_bytes = take_bytes(input, 32), *nonce = take_bytes(input, NONCE_SIZE);
  const size_t aad_size = take_below(input, LONGEST), size = take_below(input, LONGEST);
  const span aad = {take_bytes(input, aad_size), aad_size}, text = {take_bytes(input, size), size};
  const value v = {cipher, cipher->key_new(key_bytes), nonce, aad, text};
  uint8_t *sealed = fenced(size + TAG_SIZE);
  demand(v.key != NULL && cipher->seal(v.key, nonce, aad, text, sealed), "a value is sealed");
  demand(memcmp(sealed, sealed_in_place(&v), size + TAG_SIZE) == 0, "in place as apart");
  seals_as_portable(&v, key_bytes, sealed);
  opens(input, &v, sealed, in_place);
  refuses(input, &v);
  cipher->key_free(v.key);
}
