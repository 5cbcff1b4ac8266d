#include "hmac.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#define BLOCK_SIZE 64

static EVP_MD *digests[2];
static pthread_once_t once = PTHREAD_ONCE_INIT;

// EVP_sha256() and EVP_sm3() would be looked up again in every call. Never freed: the process needs them to its end.
static void fetch(void) {
  ERR_set_mark();
  digests[HASH_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
  digests[HASH_SM3] = EVP_MD_fetch(NULL, "SM3", NULL);
  ERR_pop_to_mark();
}

// One pass of HMAC: the digest of the padded key and of the parts.
static bool pass(EVP_MD_CTX *context, const EVP_MD *digest, const uint8_t key[BLOCK_SIZE], uint8_t pad,
                const span *parts, size_t count, uint8_t out[HASH_SIZE]) {
  uint8_t block[BLOCK_SIZE];
  for (int i = 0; i < BLOCK_SIZE; i++) block[i] = key[i] ^ pad;
  bool ok = EVP_DigestInit_ex(context, digest, NULL) && EVP_DigestUpdate(context, block, BLOCK_SIZE);
  for (size_t i = 0; i < count; i++) ok = ok && EVP_DigestUpdate(context, parts[i].data, parts[i].size);
  ok = ok && EVP_DigestFinal_ex(context, out, NULL);
  OPENSSL_cleanse(block, BLOCK_SIZE);
  return ok;
}

// A key longer than a block is its digest.
static bool fit_key(const EVP_MD *digest, span key, uint8_t block[BLOCK_SIZE]) {
  memset(block, 0, BLOCK_SIZE);
  if (key.size > BLOCK_SIZE) return EVP_Digest(key.data, key.size, block, NULL, digest, NULL) == 1;
  if (key.size > 0) memcpy(block, key.data, key.size);
  return true;
}

bool hmac(hash_name hash, span key, const span *parts, size_t count, uint8_t tag[HASH_SIZE]) {
  uint8_t block[BLOCK_SIZE], inner[HASH_SIZE];
  const span inner_part = {inner, HASH_SIZE};
  pthread_once(&once, fetch);
  const EVP_MD *digest = digests[hash];
  EVP_MD_CTX *context = digest == NULL ? NULL : EVP_MD_CTX_new();
  const bool ok = context != NULL && fit_key(digest, key, block) &&
                 pass(context, digest, block, 0x36, parts, count, inner) &&
                 pass(context, digest, block, 0x5c, &inner_part, 1, tag);
  EVP_MD_CTX_free(context);
  OPENSSL_cleanse(block, BLOCK_SIZE);
  OPENSSL_cleanse(inner, HASH_SIZE);
  return ok;
}

bool hkdf_expand(hash_name hash, span pseudorandom_key, span info, uint8_t *out, size_t size) {
  uint8_t block[HASH_SIZE], counter = 0;
  bool ok = true;
  for (size_t done = 0; ok && done < size;) {
    const span parts[3] = {{block, counter == 0 ? 0 : HASH_SIZE}, info, {&counter, 1}};
    const size_t take = size - done < HASH_SIZE ? size - done : HASH_SIZE;
    counter++;
    ok = hmac(hash, pseudorandom_key, parts, 3, block);
    if (ok) memcpy(out + done, block, take);
    done += take;
  }
  OPENSSL_cleanse(block, HASH_SIZE);
  return ok;
}
