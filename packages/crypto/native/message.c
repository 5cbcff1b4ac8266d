#include "message.h"

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

static bool write_mac(const message *m, span prk) {
  uint8_t key[HASH_SIZE];
  const span header = {m->bytes, m->header_size};
  const bool ok = hkdf_expand(m->hash, prk, (span){(const uint8_t *)header_label, LABEL_SIZE(header_label)}, key, HASH_SIZE) &&
                  hmac(m->hash, (span){key, HASH_SIZE}, &header, 1, m->bytes + m->header_size);
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
static bool seal_text(const message *m, span prk) {
  static const uint8_t nonce[NONCE_SIZE] = {[NONCE_SIZE - 1] = 1};
  uint8_t bytes[HASH_SIZE], *text = m->bytes + m->header_size + HASH_SIZE;
  cipher_key *key = payload_key(m, prk, bytes) ? m->cipher->key_new(bytes) : NULL;
  const bool ok = key != NULL && m->cipher->seal(key, nonce, (span){NULL, 0}, (span){text, m->text_size}, text);
  m->cipher->key_free(key);
  wipe(bytes, HASH_SIZE);
  return ok;
}

bool message_seal(const message *m, bool draw_salt) {
  uint8_t prk[HASH_SIZE], *salt = m->bytes + SALT_AT;
  if (draw_salt && RAND_bytes(salt, MESSAGE_SALT_SIZE) != 1) return false;
  const bool ok = hmac(m->hash, (span){salt, MESSAGE_SALT_SIZE}, &m->data_key, 1, prk) &&
                  write_mac(m, (span){prk, HASH_SIZE}) && seal_text(m, (span){prk, HASH_SIZE});
  wipe(prk, HASH_SIZE);
  return ok;
}
