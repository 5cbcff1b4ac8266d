#include "value.h"
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#define NONCE 12
#define TAG 16

static _Thread_local EVP_CIPHER_CTX *context;

static bool begin(int encrypt, const char *purpose, const uint8_t *nonce) {
  int n;
  if (!context && !(context = EVP_CIPHER_CTX_new())) return false;
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool ok = volume.keys.present && EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, volume.keys.value, nonce, encrypt) == 1;
  pthread_rwlock_unlock(&volume.keys_lock);
  return ok && EVP_CipherUpdate(context, NULL, &n, (const uint8_t *)purpose, (int)strlen(purpose)) == 1;
}

int value_seal(const char *purpose, const uint8_t *plain, size_t size, uint8_t *sealed) {
  int n;
  if (getrandom(sealed, NONCE, 0) != NONCE || !begin(1, purpose, sealed)) return -EIO;
  if (!EVP_EncryptUpdate(context, sealed + NONCE, &n, plain, (int)size) || !EVP_EncryptFinal_ex(context, sealed + NONCE + size, &n)) return -EIO;
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, sealed + NONCE + size) == 1 ? 0 : -EIO;
}

int value_open(const char *purpose, const uint8_t *sealed, size_t sealed_size, uint8_t *plain) {
  int n;
  if (sealed_size < VALUE_OVERHEAD || !begin(0, purpose, sealed)) return -EIO;
  size_t size = sealed_size - VALUE_OVERHEAD;
  if (!EVP_DecryptUpdate(context, plain, &n, sealed + NONCE, (int)size)) return -EIO;
  if (!EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)(sealed + NONCE + size))) return -EIO;
  return EVP_DecryptFinal_ex(context, plain + size, &n) == 1 ? 0 : -EIO;
}
