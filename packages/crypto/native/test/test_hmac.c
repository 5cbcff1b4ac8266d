// HMAC and HKDF on the vectors of their RFCs, and on every length of key and message around the block size.
#include <string.h>

#include "../hmac.h"
#include "harness.h"
#include "vectors.h"

static void computes(const char *key_hex, const char *message_hex, const char *tag_hex) {
  size_t key_size, message_size, size;
  uint8_t *key = from_hex(key_hex, &key_size), *message = from_hex(message_hex, &message_size);
  uint8_t *expected = from_hex(tag_hex, &size), tag[HASH_SIZE];
  const span whole = {message, message_size};
  check(hmac(HASH_SHA256, (span){key, key_size}, &whole, 1, tag) && memcmp(tag, expected, HASH_SIZE) == 0, "HMAC of RFC 4231");
  release();
}

static void derives(const char *prk_hex, const char *info_hex, const char *okm_hex) {
  size_t key_size, info_size, size;
  uint8_t *key = from_hex(prk_hex, &key_size), *info = from_hex(info_hex, &info_size);
  uint8_t *expected = from_hex(okm_hex, &size), *out = fenced(size);
  check(hkdf_expand(HASH_SHA256, (span){key, key_size}, (span){info, info_size}, out, size) && memcmp(out, expected, size) == 0,
        "HKDF of RFC 5869");
  release();
}

// Parts are their concatenation, for both hashes.
static void splits(size_t key_size, size_t message_size) {
  uint8_t bytes[200], whole_tag[HASH_SIZE], parts_tag[HASH_SIZE];
  random_bytes(bytes, sizeof bytes);
  uint8_t *key = fenced_copy(bytes, key_size), *message = fenced_copy(bytes, message_size);
  const size_t half = message_size / 2;
  const span whole = {message, message_size};
  const span parts[2] = {{message, half}, {message + half, message_size - half}};
  for (hash_name hash = HASH_SHA256; hash <= HASH_SM3; hash++)
    check(hmac(hash, (span){key, key_size}, &whole, 1, whole_tag) && hmac(hash, (span){key, key_size}, parts, 2, parts_tag) &&
              memcmp(whole_tag, parts_tag, HASH_SIZE) == 0,
          "parts are their concatenation");
  release();
}

void test_hmac(void) {
  computes(RFC_4231_TESTS_0_KEY, RFC_4231_TESTS_0_MESSAGE, RFC_4231_TESTS_0_TAG);
  computes(RFC_4231_TESTS_1_KEY, RFC_4231_TESTS_1_MESSAGE, RFC_4231_TESTS_1_TAG);
  computes(RFC_4231_TESTS_2_KEY, RFC_4231_TESTS_2_MESSAGE, RFC_4231_TESTS_2_TAG);
  computes(RFC_4231_TESTS_3_KEY, RFC_4231_TESTS_3_MESSAGE, RFC_4231_TESTS_3_TAG);
  computes(RFC_4231_TESTS_4_KEY, RFC_4231_TESTS_4_MESSAGE, RFC_4231_TESTS_4_TAG);
  derives(RFC_5869_TESTS_0_PRK, RFC_5869_TESTS_0_INFO, RFC_5869_TESTS_0_OKM);
  derives(RFC_5869_TESTS_1_PRK, RFC_5869_TESTS_1_INFO, RFC_5869_TESTS_1_OKM);
  derives(RFC_5869_TESTS_2_PRK, RFC_5869_TESTS_2_INFO, RFC_5869_TESTS_2_OKM);
  for (size_t size = 0; size < 140; size++) splits(size, 139 - size);
}
