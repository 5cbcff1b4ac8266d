#include "synthetic.h"
#include "suite.h"
#include <endian.h>
#include <errno.h>
#include <openssl/hmac.h>
#include <string.h>

struct input {
  const void *bytes;
  size_t size;
};

static bool update_all(HMAC_CTX *hmac, uint8_t kind, const struct input *inputs, int count) {
  bool ok = HMAC_Update(hmac, &kind, 1) == 1;
  for (int i = 0; ok && i < count; i++) ok = HMAC_Update(hmac, inputs[i].bytes, inputs[i].size) == 1;
  return ok;
}

static int derive(uint8_t kind, const struct input *inputs, int count, uint8_t *out, size_t size) {
  uint8_t mac[32];
  unsigned length = sizeof mac;
  HMAC_CTX *hmac = HMAC_CTX_new();
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool present = volume.keys.present;
  bool ok = present && hmac && HMAC_Init_ex(hmac, volume.keys.reverse, sizeof volume.keys.reverse, suite_hash(), NULL) == 1;
  pthread_rwlock_unlock(&volume.keys_lock);
  ok = ok && update_all(hmac, kind, inputs, count) && HMAC_Final(hmac, mac, &length) == 1;
  HMAC_CTX_free(hmac);
  if (ok) memcpy(out, mac, size);
  return ok ? 0 : present ? -EIO : -EACCES;
}

int synthetic_root_id(uint8_t id[DIR_ID_SIZE]) { return derive(SYNTHETIC_ROOT, NULL, 0, id, DIR_ID_SIZE); }

int synthetic_id(enum synthetic_kind kind, const uint8_t directory[DIR_ID_SIZE], const char *name, uint8_t id[DIR_ID_SIZE]) {
  uint8_t parent[DIR_ID_SIZE]; // `id` may be the same memory
  memcpy(parent, directory, DIR_ID_SIZE);
  const struct input inputs[] = {{parent, DIR_ID_SIZE}, {name, strlen(name)}};
  return derive((uint8_t)kind, inputs, 2, id, DIR_ID_SIZE);
}

int synthetic_linked_id(uint64_t inode, uint8_t id[DIR_ID_SIZE]) {
  uint64_t number = htobe64(inode);
  return derive(SYNTHETIC_LINKED, &(struct input){&number, sizeof number}, 1, id, DIR_ID_SIZE);
}

int synthetic_block(const uint8_t file_id[FILE_ID_SIZE], uint64_t number, const uint8_t *plain, size_t size, uint8_t iv[SESSION_SIZE + 8]) {
  uint64_t place = htobe64(number);
  const struct input inputs[] = {{file_id, FILE_ID_SIZE}, {&place, sizeof place}, {plain, size}};
  return derive(SYNTHETIC_BLOCK, inputs, 3, iv, SESSION_SIZE + 8);
}

int synthetic_nonce(const uint8_t id[DIR_ID_SIZE], const char *purpose, const uint8_t *value, size_t size, uint8_t nonce[GCM_NONCE_SIZE]) {
  uint8_t length = (uint8_t)strlen(purpose);
  const struct input inputs[] = {{id, DIR_ID_SIZE}, {&length, 1}, {purpose, length}, {value, size}};
  return derive(SYNTHETIC_VALUE, inputs, 4, nonce, GCM_NONCE_SIZE);
}
