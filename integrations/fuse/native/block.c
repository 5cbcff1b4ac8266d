#include "block.h"
#include <endian.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/random.h>

#define NONCE 12
#define TAG 16
#define SUITE_AES 1
#define AT_COUNTER SESSION_SIZE
#define AT_CIPHERTEXT (SESSION_SIZE + 8)

static uint8_t session[SESSION_SIZE];
static _Atomic uint64_t counter;

// The cipher of this thread, and the key that it holds: consecutive blocks are mostly of one key.
static _Thread_local EVP_CIPHER_CTX *context;
static _Thread_local uint8_t context_key[32];
static _Thread_local bool context_keyed;

int block_session_begin(void) {
  atomic_store(&counter, 0);
  return getrandom(session, sizeof session, 0) == sizeof session ? 0 : -EIO;
}

int file_key_derive(const uint8_t file_id[FILE_ID_SIZE], struct file_key *key) {
  unsigned size = sizeof key->bytes;
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool present = volume.keys.present;
  bool ok = present && HMAC(EVP_sha256(), file_id, FILE_ID_SIZE, volume.keys.content, sizeof volume.keys.content, key->bytes, &size) != NULL;
  pthread_rwlock_unlock(&volume.keys_lock);
  return ok ? 0 : present ? -EIO : -EACCES;
}

void file_key_wipe(struct file_key *key) {
  pthread_mutex_lock(&key->lock);
  OPENSSL_cleanse(key->bytes, sizeof key->bytes);
  OPENSSL_cleanse(key->kept, sizeof key->kept);
  pthread_mutex_unlock(&key->lock);
}

void block_wipe_thread(void) {
  if (context) EVP_CIPHER_CTX_reset(context);
  OPENSSL_cleanse(context_key, sizeof context_key);
  context_keyed = false;
}

static int derive_block_key(const struct file_key *key, const uint8_t of[SESSION_SIZE], uint8_t bytes[32]) {
  uint8_t info[18 + 2 + SESSION_SIZE + 1];
  unsigned size = 32;
  memcpy(info, "hufu/volume/block/", 18);
  info[18] = SUITE_AES;
  info[19] = (uint8_t)__builtin_ctz(volume.block_size);
  memcpy(info + 20, of, SESSION_SIZE);
  info[20 + SESSION_SIZE] = 1; // HKDF-Expand's counter
  return HMAC(EVP_sha256(), key->bytes, sizeof key->bytes, info, sizeof info, bytes, &size) ? 0 : -EIO;
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

// Readies this thread's cipher for a block: the key only where it is another than before.
static int begin(struct file_key *key, const uint8_t of[SESSION_SIZE], const uint8_t at[8], uint64_t number, int encrypt) {
  uint8_t bytes[32], nonce[NONCE] = {0};
  uint64_t aad = htobe64(number);
  int n, failed = block_key_of(key, of, bytes);
  if (failed) return failed;
  memcpy(nonce + 4, at, 8);
  if (!context && !(context = EVP_CIPHER_CTX_new())) return -ENOMEM;
  bool same = context_keyed && memcmp(bytes, context_key, sizeof bytes) == 0;
  if (!same) memcpy(context_key, bytes, sizeof bytes);
  OPENSSL_cleanse(bytes, sizeof bytes);
  context_keyed = EVP_CipherInit_ex(context, same ? NULL : EVP_aes_256_gcm(), NULL, same ? NULL : context_key, nonce, encrypt) == 1;
  return context_keyed && EVP_CipherUpdate(context, NULL, &n, (const uint8_t *)&aad, sizeof aad) == 1 ? 0 : -EIO;
}

int block_seal(struct file_key *key, uint64_t number, const uint8_t *plaintext, size_t size, uint8_t *sealed) {
  uint64_t count = htobe64(atomic_fetch_add(&counter, 1));
  uint8_t *out = sealed + AT_CIPHERTEXT;
  int n;
  memcpy(sealed, session, SESSION_SIZE);
  memcpy(sealed + AT_COUNTER, &count, sizeof count);
  int failed = begin(key, session, sealed + AT_COUNTER, number, 1);
  if (failed) return failed;
  bool ok = EVP_EncryptUpdate(context, out, &n, plaintext, (int)size) == 1 && EVP_EncryptFinal_ex(context, out + size, &n) == 1 &&
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, out + size) == 1;
  return ok ? 0 : -EIO;
}

static bool is_hole(const uint8_t *sealed, size_t size) { return sealed[0] == 0 && memcmp(sealed, sealed + 1, size - 1) == 0; }

int block_open(struct file_key *key, uint64_t number, const uint8_t *sealed, size_t sealed_size, uint8_t *plaintext) {
  size_t size = sealed_size - BLOCK_OVERHEAD;
  int n;
  if (is_hole(sealed, sealed_size)) {
    memset(plaintext, 0, size);
    return 0;
  }
  int failed = begin(key, sealed, sealed + AT_COUNTER, number, 0);
  if (failed) return failed;
  const uint8_t *in = sealed + AT_CIPHERTEXT;
  bool authentic = EVP_DecryptUpdate(context, plaintext, &n, in, (int)size) == 1 &&
                   EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)(in + size)) == 1 && EVP_DecryptFinal_ex(context, plaintext + size, &n) == 1;
  if (!authentic) OPENSSL_cleanse(plaintext, size);
  return authentic ? 0 : -EIO;
}
