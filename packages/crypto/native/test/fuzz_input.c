// Reading an input as choices, sizes and bytes, and what all targets demand.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

uint8_t take_byte(fuzz_input *input) {
  if (input->size == 0) return 0;
  input->size--;
  return *input->data++;
}

size_t take_below(fuzz_input *input, size_t limit) {
  const size_t high = take_byte(input);
  return (high << 8 | take_byte(input)) % limit;
}

uint64_t take_word(fuzz_input *input) {
  uint64_t word = 0;
  for (int i = 0; i < 8; i++) word = word << 8 | take_byte(input);
  return word;
}

uint8_t *take_bytes(fuzz_input *input, size_t size) {
  uint8_t *bytes = fenced(size);
  for (size_t i = 0; i < size; i++) bytes[i] = input->size > 0 ? take_byte(input) : (uint8_t)(i * 167 + 13);
  return bytes;
}

const cipher *take_cipher(fuzz_input *input) {
  static const cipher *const ciphers[] = {&aes_256_gcm, &sm4_gcm, &sm4_gcm_portable,
#if defined(__x86_64__)
                                          &sm4_gcm_aesni, &sm4_gcm_gfni
#endif
  };
  const uint8_t any[32] = {0};
  const cipher *cipher = ciphers[take_byte(input) % (sizeof ciphers / sizeof *ciphers)];
  cipher_key *key = cipher->key_new(any);
  const bool supported = key != NULL;
  cipher->key_free(key);
  return supported ? cipher : &sm4_gcm_portable;
}

cipher_key *take_key(fuzz_input *input, const cipher *cipher) {
  uint8_t bytes[32] = {0};
  for (int i = 0; i < 4; i++) bytes[i] = take_byte(input);
  cipher_key *key = cipher->key_new(bytes);
  demand(key != NULL, "a key");
  return key;
}

void demand(bool ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "hufu: not so: %s\n", what);
  abort();
}

void demand_zeros(const uint8_t *bytes, size_t size, const char *what) {
  uint8_t any = 0;
  for (size_t i = 0; i < size; i++) any |= bytes[i];
  demand(any == 0, what);
}

void change_bit(fuzz_input *input, uint8_t *bytes, size_t size) {
  const size_t at = take_below(input, size), bit = take_below(input, 8);
  bytes[at] ^= (uint8_t)(1 << bit);
}
