#include "siv.h"
#include "suite.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define BLOCK 16
#define INPUT_SIZE 512

static _Thread_local EVP_CIPHER_CTX *mac_context, *ctr_context;

static void dbl(uint8_t b[BLOCK]) { // RFC 5297 2.3: multiplication by x in GF(2^128)
  uint8_t carry = b[0] >> 7;
  for (int i = 0; i < BLOCK - 1; i++) b[i] = (uint8_t)(b[i] << 1 | b[i + 1] >> 7);
  b[BLOCK - 1] = (uint8_t)(b[BLOCK - 1] << 1) ^ (0x87 & -carry);
}

static void xor_block(uint8_t *into, const uint8_t *other) {
  for (int i = 0; i < BLOCK; i++) into[i] ^= other[i];
}

// AES-CBC over whole blocks from a zero vector; the last block is the MAC (RFC 4493).
static int cbc(const uint8_t *key, const uint8_t *data, size_t size, uint8_t last[BLOCK]) {
  static const uint8_t zero[BLOCK];
  uint8_t out[INPUT_SIZE + BLOCK];
  int n;
  if (!mac_context && !(mac_context = EVP_CIPHER_CTX_new())) return -EIO;
  if (!EVP_EncryptInit_ex(mac_context, suite_is_sm4() ? EVP_sm4_cbc() : EVP_aes_256_cbc(), NULL, key, zero)) return -EIO;
  EVP_CIPHER_CTX_set_padding(mac_context, 0);
  if (!EVP_EncryptUpdate(mac_context, out, &n, data, (int)size) || n != (int)size) return -EIO;
  memcpy(last, out + size - BLOCK, BLOCK);
  return 0;
}

static int cmac(const uint8_t *key, const uint8_t *data, size_t size, uint8_t mac[BLOCK]) {
  uint8_t subkey[BLOCK] = {0}, padded[INPUT_SIZE + BLOCK] = {0};
  if (size > INPUT_SIZE || cbc(key, subkey, BLOCK, subkey)) return -EIO;
  dbl(subkey);
  memcpy(padded, data, size);
  size_t whole = size == 0 ? BLOCK : (size + BLOCK - 1) / BLOCK * BLOCK;
  if (whole != size) {
    padded[size] = 0x80;
    dbl(subkey);
  }
  xor_block(padded + whole - BLOCK, subkey);
  return cbc(key, padded, whole, mac);
}

// RFC 5297 2.4: S2V over the associated data and the plaintext.
static int s2v(const uint8_t *key, const uint8_t *ad, size_t ad_size, const uint8_t *text, size_t size, uint8_t tag[BLOCK]) {
  uint8_t d[BLOCK], mac[BLOCK], input[INPUT_SIZE] = {0};
  static const uint8_t zero[BLOCK];
  if (size > INPUT_SIZE - BLOCK || cmac(key, zero, BLOCK, d) || cmac(key, ad, ad_size, mac)) return -EIO;
  dbl(d);
  xor_block(d, mac);
  memcpy(input, text, size);
  if (size >= BLOCK) {
    xor_block(input + size - BLOCK, d);
    return cmac(key, input, size, tag);
  }
  input[size] = 0x80;
  dbl(d);
  xor_block(input, d);
  return cmac(key, input, BLOCK, tag);
}

static int ctr(const uint8_t *key, const uint8_t tag[BLOCK], const uint8_t *in, size_t size, uint8_t *out) {
  uint8_t counter[BLOCK];
  int n;
  memcpy(counter, tag, BLOCK);
  counter[8] &= 0x7f; // RFC 5297 2.5: the two top bits of the last words are cleared
  counter[12] &= 0x7f;
  if (!ctr_context && !(ctr_context = EVP_CIPHER_CTX_new())) return -EIO;
  if (!EVP_EncryptInit_ex(ctr_context, suite_is_sm4() ? EVP_sm4_ctr() : EVP_aes_256_ctr(), NULL, key, counter)) return -EIO;
  return EVP_EncryptUpdate(ctr_context, out, &n, in, (int)size) ? 0 : -EIO;
}

int siv_seal(const uint8_t key[SIV_KEY_SIZE], const uint8_t *ad, size_t ad_size, const uint8_t *plaintext, size_t size, uint8_t *sealed) {
  uint8_t tag[BLOCK];
  if (s2v(key, ad, ad_size, plaintext, size, tag) || ctr(key + suite_key_size(), tag, plaintext, size, sealed + BLOCK)) return -EIO;
  memcpy(sealed, tag, BLOCK);
  return 0;
}

int siv_open(const uint8_t key[SIV_KEY_SIZE], const uint8_t *ad, size_t ad_size, const uint8_t *sealed, size_t size, uint8_t *plaintext) {
  uint8_t tag[BLOCK];
  if (size < SIV_TAG_SIZE || size - SIV_TAG_SIZE > INPUT_SIZE - BLOCK) return -EBADMSG;
  if (ctr(key + suite_key_size(), sealed, sealed + BLOCK, size - BLOCK, plaintext)) return -EIO;
  if (s2v(key, ad, ad_size, plaintext, size - BLOCK, tag)) return -EIO;
  return CRYPTO_memcmp(tag, sealed, BLOCK) == 0 ? 0 : -EBADMSG;
}
