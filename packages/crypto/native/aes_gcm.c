// AES-256-GCM (NIST SP 800-38D) over OpenSSL's EVP, with the key schedule kept between calls.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cipher.h"

// EVP counts in int: longer inputs go in pieces.
#define PIECE ((size_t)1 << 30)

// One context for both directions: each call sets its own, and the key schedule is the same.
struct cipher_key {
  EVP_CIPHER_CTX *context;
};

static EVP_CIPHER *aes;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// EVP_aes_256_gcm() would be looked up again for every key. Never freed: the process needs it to its end.
static void fetch(void) { aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL); }

static void key_free(cipher_key *key) {
  if (key == NULL) return;
  EVP_CIPHER_CTX_free(key->context); // cleanses the schedule
  free(key);
}

static cipher_key *key_empty(void) {
  cipher_key *key = calloc(1, sizeof *key);
  if (key != NULL && (key->context = EVP_CIPHER_CTX_new()) != NULL) return key;
  free(key);
  return NULL;
}

static cipher_key *key_new(const uint8_t *bytes) {
  pthread_once(&once, fetch);
  cipher_key *key = aes == NULL ? NULL : key_empty();
  if (key != NULL && EVP_EncryptInit_ex(key->context, aes, NULL, bytes, NULL) == 1) return key;
  key_free(key);
  return NULL;
}

static cipher_key *key_copy(const cipher_key *key) {
  cipher_key *copy = key_empty();
  if (copy != NULL && EVP_CIPHER_CTX_copy(copy->context, key->context) == 1) return copy;
  key_free(copy);
  return NULL;
}

static bool update(EVP_CIPHER_CTX *context, span in, uint8_t *out) {
  for (size_t at = 0; at < in.size;) {
    size_t piece = in.size - at < PIECE ? in.size - at : PIECE;
    int done = 0;
    if (EVP_CipherUpdate(context, out == NULL ? NULL : out + at, &done, in.data + at, (int)piece) != 1) return false;
    at += piece;
  }
  return true;
}

static bool seal(cipher_key *key, const uint8_t nonce[NONCE_SIZE], span aad, span in, uint8_t *out) {
  int done = 0;
  return EVP_EncryptInit_ex(key->context, NULL, NULL, NULL, nonce) == 1 && update(key->context, aad, NULL) &&
         update(key->context, in, out) &&
         EVP_EncryptFinal_ex(key->context, out + in.size, &done) == 1 &&
         EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out + in.size) == 1;
}

static bool open_sealed(cipher_key *key, const uint8_t nonce[NONCE_SIZE], span aad, span sealed, uint8_t *out) {
  if (sealed.size < TAG_SIZE) return false;
  span in = {sealed.data, sealed.size - TAG_SIZE};
  uint8_t tag[TAG_SIZE];
  int done = 0;
  memcpy(tag, sealed.data + in.size, TAG_SIZE);
  uint8_t unused[TAG_SIZE];
  bool authentic = EVP_DecryptInit_ex(key->context, NULL, NULL, NULL, nonce) == 1 && update(key->context, aad, NULL) &&
                   EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
                   update(key->context, in, out) &&
                   EVP_DecryptFinal_ex(key->context, unused, &done) == 1;
  if (!authentic) OPENSSL_cleanse(out, in.size);
  return authentic;
}

const cipher aes_256_gcm = {"AES-256-GCM", 32, key_new, key_copy, key_free, seal, open_sealed};
