#include "gcm.h"
#include "../../../packages/crypto/native/cipher.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

static _Thread_local EVP_CIPHER_CTX *context; // of AES
static _Thread_local cipher_key *sm4;         // OpenSSL in Node has no SM4-GCM
static _Thread_local uint8_t kept_key[32];
static _Thread_local bool keyed;

void gcm_wipe_thread(void) {
  if (context) EVP_CIPHER_CTX_reset(context);
  sm4_gcm.key_free(sm4);
  sm4 = NULL;
  OPENSSL_cleanse(kept_key, sizeof kept_key);
  keyed = false;
}

static bool is_kept(const uint8_t *key) { return keyed && memcmp(key, kept_key, suite_key_size()) == 0; }

static bool begin_aes(const uint8_t *key, const uint8_t nonce[GCM_NONCE_SIZE], struct gcm_text aad, int encrypt) {
  int n;
  if (!context && !(context = EVP_CIPHER_CTX_new())) return false;
  bool same = is_kept(key);
  if (!same) memcpy(kept_key, key, 32);
  keyed = EVP_CipherInit_ex(context, same ? NULL : EVP_aes_256_gcm(), NULL, same ? NULL : kept_key, nonce, encrypt) == 1;
  return keyed && EVP_CipherUpdate(context, NULL, &n, aad.bytes, (int)aad.size) == 1;
}

static bool begin_sm4(const uint8_t *key) {
  if (sm4 && is_kept(key)) return true;
  sm4_gcm.key_free(sm4);
  sm4 = sm4_gcm.key_new(key);
  memcpy(kept_key, key, 16);
  keyed = sm4 != NULL;
  return keyed;
}

int gcm_seal(const uint8_t *key, const uint8_t nonce[GCM_NONCE_SIZE], struct gcm_text aad, struct gcm_text in, uint8_t *sealed) {
  int n;
  if (suite_is_sm4()) return begin_sm4(key) && sm4_gcm.seal(sm4, nonce, (span){aad.bytes, aad.size}, (span){in.bytes, in.size}, sealed) ? 0 : -EIO;
  bool ok = begin_aes(key, nonce, aad, 1) && EVP_EncryptUpdate(context, sealed, &n, in.bytes, (int)in.size) == 1 &&
            EVP_EncryptFinal_ex(context, sealed + in.size, &n) == 1 &&
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_SIZE, sealed + in.size) == 1;
  return ok ? 0 : -EIO;
}

int gcm_open(const uint8_t *key, const uint8_t nonce[GCM_NONCE_SIZE], struct gcm_text aad, struct gcm_text sealed, uint8_t *plain) {
  int n;
  if (suite_is_sm4())
    return begin_sm4(key) && sm4_gcm.open(sm4, nonce, (span){aad.bytes, aad.size}, (span){sealed.bytes, sealed.size}, plain) ? 0 : -EIO;
  size_t size = sealed.size - GCM_TAG_SIZE;
  bool authentic = begin_aes(key, nonce, aad, 0) && EVP_DecryptUpdate(context, plain, &n, sealed.bytes, (int)size) == 1 &&
                   EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_SIZE, (void *)(sealed.bytes + size)) == 1 &&
                   EVP_DecryptFinal_ex(context, plain + size, &n) == 1;
  if (!authentic) OPENSSL_cleanse(plain, size);
  return authentic ? 0 : -EIO;
}
