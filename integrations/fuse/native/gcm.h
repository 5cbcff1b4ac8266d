// The suite's GCM: 12-byte nonce, 16-byte tag after the ciphertext. Each thread keeps the cipher of the key that it used last.
#pragma once
#include "suite.h"

#define GCM_NONCE_SIZE 12
#define GCM_TAG_SIZE 16

struct gcm_text {
  const uint8_t *bytes;
  size_t size;
};

// Writes in.size + GCM_TAG_SIZE bytes. `key` has suite_key_size() bytes. 0 or a negative errno.
int gcm_seal(const uint8_t *key, const uint8_t nonce[GCM_NONCE_SIZE], struct gcm_text aad, struct gcm_text in, uint8_t *sealed);
// Writes sealed.size - GCM_TAG_SIZE bytes. -EIO when it is not authentic, and then they are zeros.
int gcm_open(const uint8_t *key, const uint8_t nonce[GCM_NONCE_SIZE], struct gcm_text aad, struct gcm_text sealed, uint8_t *plain);
// Forgets what this thread holds of keys.
void gcm_wipe_thread(void);
