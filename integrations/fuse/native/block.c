#include "block.h"
#include "gcm.h"
#include <endian.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/random.h>

#define AT_COUNTER SESSION_SIZE
#define EPOCH_SHIFT 40
#define AT_CIPHERTEXT (SESSION_SIZE + 8)

static uint8_t session[SESSION_SIZE];
static _Atomic uint64_t counter;

static _Thread_local uint64_t taken, taken_left;

int block_session_begin(uint64_t epoch) {
  if (epoch >> (64 - EPOCH_SHIFT)) return -EOVERFLOW;
  atomic_store(&counter, epoch << EPOCH_SHIFT);
  return getrandom(session, sizeof session, 0) == sizeof session ? 0 : -EIO;
}

int file_key_derive(const uint8_t file_id[FILE_ID_SIZE], struct file_key *key) {
  unsigned size = sizeof key->bytes;
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool present = volume.keys.present;
  bool ok = present && HMAC(suite_hash(), file_id, FILE_ID_SIZE, volume.keys.content, sizeof volume.keys.content, key->bytes, &size) != NULL;
  pthread_rwlock_unlock(&volume.keys_lock);
  return ok ? 0 : present ? -EIO : -EACCES;
}

void file_key_wipe(struct file_key *key) {
  pthread_mutex_lock(&key->lock);
  OPENSSL_cleanse(key->bytes, sizeof key->bytes);
  OPENSSL_cleanse(key->kept, sizeof key->kept);
  pthread_mutex_unlock(&key->lock);
}

static int derive_block_key(const struct file_key *key, const uint8_t of[SESSION_SIZE], uint8_t bytes[32]) {
  uint8_t info[18 + 2 + SESSION_SIZE + 1];
  unsigned size = 32;
  memcpy(info, "hufu/volume/block/", 18);
  info[18] = volume.suite;
  info[19] = (uint8_t)__builtin_ctz(volume.block_size);
  memcpy(info + 20, of, SESSION_SIZE);
  info[20 + SESSION_SIZE] = 1; // HKDF-Expand's counter
  return HMAC(suite_hash(), key->bytes, sizeof key->bytes, info, sizeof info, bytes, &size) ? 0 : -EIO;
}

static int block_key_of(struct file_key *key, const uint8_t of[SESSION_SIZE], uint8_t bytes[32]) {
  int failed = 0;
  pthread_mutex_lock(&key->lock);
  struct session_key *kept = NULL;
  for (int i = 0; i < BLOCK_KEYS && !kept; i++)
    if (key->kept[i].set && memcmp(key->kept[i].session, of, SESSION_SIZE) == 0) kept = &key->kept[i];
  if (!kept) {
    kept = &key->kept[key->oldest++ % BLOCK_KEYS];
    failed = derive_block_key(key, of, kept->bytes);
    memcpy(kept->session, of, SESSION_SIZE);
    kept->set = failed == 0;
  }
  memcpy(bytes, kept->bytes, sizeof kept->bytes);
  pthread_mutex_unlock(&key->lock);
  return failed;
}

void block_take_counters(uint64_t count) {
  taken_left = count;
  taken = atomic_fetch_add(&counter, count);
}

uint64_t block_next_counter(void) { return atomic_fetch_add(&counter, 1); }

static uint64_t take_counter(void) {
  if (taken_left == 0) return block_next_counter();
  taken_left--;
  return taken++;
}

static void nonce_of(const uint8_t *sealed, uint8_t nonce[GCM_NONCE_SIZE]) {
  memset(nonce, 0, 4);
  memcpy(nonce + 4, sealed + AT_COUNTER, 8);
}

// `sealed` begins with session and counter already.
static int seal(const uint8_t *block_key, uint64_t number, const uint8_t *plaintext, size_t size, uint8_t *sealed) {
  uint64_t aad = htobe64(number);
  uint8_t nonce[GCM_NONCE_SIZE];
  nonce_of(sealed, nonce);
  return gcm_seal(block_key, nonce, (struct gcm_text){(uint8_t *)&aad, sizeof aad}, (struct gcm_text){plaintext, size}, sealed + AT_CIPHERTEXT);
}

int block_seal(struct file_key *key, uint64_t number, const uint8_t *plaintext, size_t size, uint8_t *sealed) {
  uint64_t count = htobe64(take_counter());
  uint8_t bytes[32];
  memcpy(sealed, session, SESSION_SIZE);
  memcpy(sealed + AT_COUNTER, &count, sizeof count);
  int failed = block_key_of(key, session, bytes);
  if (!failed) failed = seal(bytes, number, plaintext, size, sealed);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return failed;
}

int block_seal_by(const struct file_key *key, uint64_t number, const uint8_t iv[SESSION_SIZE + 8], const uint8_t *plaintext, size_t size, uint8_t *sealed) {
  uint8_t bytes[32];
  memcpy(sealed, iv, SESSION_SIZE + 8);
  int failed = derive_block_key(key, iv, bytes);
  if (!failed) failed = seal(bytes, number, plaintext, size, sealed);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return failed;
}

bool block_is_hole(const uint8_t *sealed, size_t size) { return sealed[0] == 0 && memcmp(sealed, sealed + 1, size - 1) == 0; }

int block_open(struct file_key *key, uint64_t number, const uint8_t *sealed, size_t sealed_size, uint8_t *plaintext) {
  uint64_t aad = htobe64(number);
  uint8_t bytes[32], nonce[GCM_NONCE_SIZE];
  if (sealed_size <= BLOCK_OVERHEAD) return -EIO;
  if (block_is_hole(sealed, sealed_size)) {
    memset(plaintext, 0, sealed_size - BLOCK_OVERHEAD);
    return 0;
  }
  nonce_of(sealed, nonce);
  int failed = block_key_of(key, sealed, bytes);
  if (!failed) failed = gcm_open(bytes, nonce, (struct gcm_text){(uint8_t *)&aad, sizeof aad}, (struct gcm_text){sealed + AT_CIPHERTEXT, sealed_size - AT_CIPHERTEXT}, plaintext);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return failed;
}
