#include "synthetic.h"
#include "../../../packages/crypto/native/hmac.h"
#include "suite.h"
#include <endian.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

// HMAC of the kind and what follows it: at most four inputs.
static int derive(uint8_t kind, const span *inputs, int count, uint8_t *out, size_t size) {
  uint8_t mac[32];
  span parts[5] = {{&kind, 1}};
  for (int i = 0; i < count; i++) parts[i + 1] = inputs[i];
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool present = volume.keys.present;
  uint8_t key[32];
  memcpy(key, volume.keys.reverse, sizeof key);
  pthread_rwlock_unlock(&volume.keys_lock);
  const hash_name hash = suite_is_sm4() ? HASH_SM3 : HASH_SHA256;
  bool ok = present && hmac(hash, (span){key, sizeof key}, parts, (size_t)count + 1, mac);
  OPENSSL_cleanse(key, sizeof key);
  if (ok) memcpy(out, mac, size);
  return ok ? 0 : present ? -EIO : -EACCES;
}

int synthetic_root_id(uint8_t id[DIR_ID_SIZE]) { return derive(SYNTHETIC_ROOT, NULL, 0, id, DIR_ID_SIZE); }

int synthetic_id(enum synthetic_kind kind, const uint8_t directory[DIR_ID_SIZE], const char *name, uint8_t id[DIR_ID_SIZE]) {
  uint8_t parent[DIR_ID_SIZE]; // `id` may be the same memory
  memcpy(parent, directory, DIR_ID_SIZE);
  const span inputs[] = {{parent, DIR_ID_SIZE}, {(const uint8_t *)name, strlen(name)}};
  return derive((uint8_t)kind, inputs, 2, id, DIR_ID_SIZE);
}

int synthetic_linked_id(uint64_t inode, uint8_t id[DIR_ID_SIZE]) {
  uint64_t number = htobe64(inode);
  return derive(SYNTHETIC_LINKED, &(span){(const uint8_t *)&number, sizeof number}, 1, id, DIR_ID_SIZE);
}

int synthetic_block(const uint8_t file_id[FILE_ID_SIZE], uint64_t number, const uint8_t *plain, size_t size, uint8_t iv[SESSION_SIZE + 8]) {
  uint64_t place = htobe64(number);
  const span inputs[] = {{file_id, FILE_ID_SIZE}, {(const uint8_t *)&place, sizeof place}, {plain, size}};
  return derive(SYNTHETIC_BLOCK, inputs, 3, iv, SESSION_SIZE + 8);
}

int synthetic_nonce(const uint8_t id[DIR_ID_SIZE], const char *purpose, const uint8_t *value, size_t size, uint8_t nonce[GCM_NONCE_SIZE]) {
  uint8_t length = (uint8_t)strlen(purpose);
  const span inputs[] = {{id, DIR_ID_SIZE}, {&length, 1}, {(const uint8_t *)purpose, length}, {value, size}};
  return derive(SYNTHETIC_VALUE, inputs, 4, nonce, GCM_NONCE_SIZE);
}
