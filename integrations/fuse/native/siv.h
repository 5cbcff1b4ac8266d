// SIV (RFC 5297) of the suite's cipher, AES-256 or SM4, with one associated-data string: deterministic, for names. The key is the
// MAC's, then the counter mode's, of suite_key_size() bytes each.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define SIV_TAG_SIZE 16
#define SIV_KEY_SIZE 64

// Writes tag then ciphertext, `size + 16` bytes. Returns 0, or -EIO when the library fails.
int siv_seal(const uint8_t key[SIV_KEY_SIZE], const uint8_t *ad, size_t ad_size, const uint8_t *plaintext, size_t size, uint8_t *sealed);
// Writes `size - 16` bytes. Returns 0, or -EBADMSG when it is not authentic.
int siv_open(const uint8_t key[SIV_KEY_SIZE], const uint8_t *ad, size_t ad_size, const uint8_t *sealed, size_t size, uint8_t *plaintext);
