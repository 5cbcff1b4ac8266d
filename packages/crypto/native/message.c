#include "message.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#include "wipe.h"

#define SUITE_AT 5
#define SEGMENT_SIZE_AT 6
#define SALT_AT 8
#define CONTEXT_SIZE_AT 42

static const char header_label[] = "hufu/message/header", payload_label[] = "hufu/message/payload";
#define LABEL_SIZE(label) (sizeof label - 1)

// The longest context in a header that these calls take.
#define CONTEXT_MAX 4096

static size_t context_size(const message *m) {
  return (size_t)m->bytes[CONTEXT_SIZE_AT] << 8 | m->bytes[CONTEXT_SIZE_AT + 1];
}

bool message_valid(const message *m) {
  return m->header_size >= MESSAGE_HEAD_SIZE && m->bytes[SEGMENT_SIZE_AT] < 32 &&
         m->text_size <= (size_t)1 << m->bytes[SEGMENT_SIZE_AT] && context_size(m) <= CONTEXT_MAX &&
         MESSAGE_HEAD_SIZE + context_size(m) <= m->header_size;
}

static bool header_mac(const message *m, span prk, uint8_t mac[HASH_SIZE]) {
  uint8_t key[HASH_SIZE];
  const span header = {m->bytes, m->header_size};
  const bool ok = hkdf_expand(m->hash, prk, (span){(const uint8_t *)header_label, LABEL_SIZE(header_label)}, key, HASH_SIZE) &&
                  hmac(m->hash, (span){key, HASH_SIZE}, &header, 1, mac);
  wipe(key, HASH_SIZE);
  return ok;
}

static bool payload_key(const message *m, span prk, uint8_t key[HASH_SIZE]) {
  uint8_t info[LABEL_SIZE(payload_label) + 2 + CONTEXT_MAX], *at = info;
  memcpy(at, payload_label, LABEL_SIZE(payload_label));
  at += LABEL_SIZE(payload_label);
  *at++ = m->bytes[SUITE_AT];
  *at++ = m->bytes[SEGMENT_SIZE_AT];
  memcpy(at, m->bytes + MESSAGE_HEAD_SIZE, context_size(m));
  at += context_size(m);
  return hkdf_expand(m->hash, prk, (span){info, (size_t)(at - info)}, key, m->cipher->key_size);
}

// The only segment: index 0, and the last.
static bool use_text(const message *m, span prk, bool sealing) {
  static const uint8_t nonce[NONCE_SIZE] = {[NONCE_SIZE - 1] = 1};
  uint8_t bytes[HASH_SIZE], *text = m->bytes + m->header_size + HASH_SIZE;
  cipher_key *key = payload_key(m, prk, bytes) ? m->cipher->key_new(bytes) : NULL;
  const span aad = {NULL, 0}, in = {text, m->text_size + (sealing ? 0 : TAG_SIZE)};
  const bool ok = key != NULL && (sealing ? m->cipher->seal : m->cipher->open)(key, nonce, aad, in, text);
  m->cipher->key_free(key);
  wipe(bytes, HASH_SIZE);
  return ok;
}

bool message_seal(const message *m, bool draw_salt) {
  uint8_t prk[HASH_SIZE], *salt = m->bytes + SALT_AT;
  if (draw_salt && RAND_bytes(salt, MESSAGE_SALT_SIZE) != 1) return false;
  const bool ok = hmac(m->hash, (span){salt, MESSAGE_SALT_SIZE}, &m->data_key, 1, prk) &&
                  header_mac(m, (span){prk, HASH_SIZE}, m->bytes + m->header_size) &&
                  use_text(m, (span){prk, HASH_SIZE}, true);
  wipe(prk, HASH_SIZE);
  return ok;
}

bool message_open(const message *m) {
  uint8_t prk[HASH_SIZE], mac[HASH_SIZE];
  const bool ok = hmac(m->hash, (span){m->bytes + SALT_AT, MESSAGE_SALT_SIZE}, &m->data_key, 1, prk) &&
                  header_mac(m, (span){prk, HASH_SIZE}, mac) &&
                  CRYPTO_memcmp(mac, m->bytes + m->header_size, HASH_SIZE) == 0 &&
                  use_text(m, (span){prk, HASH_SIZE}, false);
  wipe(prk, HASH_SIZE);
  wipe(mac, HASH_SIZE);
  return ok;
}
