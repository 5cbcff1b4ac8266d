#include "value.h"
#include "gcm.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/random.h>

// -EACCES where the keys were taken away.
static int take_key(uint8_t key[32]) {
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool present = volume.keys.present;
  memcpy(key, volume.keys.value, 32);
  pthread_rwlock_unlock(&volume.keys_lock);
  return present ? 0 : -EACCES;
}

int value_seal(const char *purpose, const uint8_t *plain, size_t size, uint8_t *sealed) {
  return getrandom(sealed, GCM_NONCE_SIZE, 0) == GCM_NONCE_SIZE ? value_seal_by(purpose, plain, size, sealed) : -EIO;
}

int value_seal_by(const char *purpose, const uint8_t *plain, size_t size, uint8_t *sealed) {
  const struct gcm_text aad = {(const uint8_t *)purpose, strlen(purpose)};
  uint8_t key[32];
  int failed = take_key(key);
  if (!failed) failed = gcm_seal(key, sealed, aad, (struct gcm_text){plain, size}, sealed + GCM_NONCE_SIZE);
  OPENSSL_cleanse(key, sizeof key);
  return failed;
}

int value_open(const char *purpose, const uint8_t *sealed, size_t sealed_size, uint8_t *plain) {
  const struct gcm_text aad = {(const uint8_t *)purpose, strlen(purpose)};
  uint8_t key[32];
  if (sealed_size < VALUE_OVERHEAD) return -EIO;
  int failed = take_key(key);
  if (!failed) failed = gcm_open(key, sealed, aad, (struct gcm_text){sealed + GCM_NONCE_SIZE, sealed_size - GCM_NONCE_SIZE}, plain);
  OPENSSL_cleanse(key, sizeof key);
  return failed;
}
