// SM2 on the examples of GB/T 32918.5, on random inputs, and on everything a wrong or cut input can be.
#include <string.h>

#include "../sm2.h"
#include "harness.h"
#include "vectors.h"

#define ROUNDS 12
#define MUTATIONS 40

// SEQUENCE of what is given: contents below 128 bytes only.
static uint8_t *sequence(const uint8_t *contents, size_t size) {
  uint8_t *der = fenced(size + 2);
  der[0] = 0x30;
  der[1] = (uint8_t)size;
  memcpy(der + 2, contents, size);
  return der;
}

// Appends one INTEGER (32 bytes in, sign byte as needed) or OCTET STRING.
static size_t append(uint8_t *der, uint8_t tag, const uint8_t *value, size_t size) {
  const size_t sign = tag == 0x02 && value[0] >= 0x80;
  der[0] = tag;
  der[1] = (uint8_t)(size + sign);
  der[2] = 0;
  memcpy(der + 2 + sign, value, size);
  return 2 + sign + size;
}

static void verifies_the_standard(EVP_PKEY *key) {
  size_t size;
  uint8_t contents[80];
  uint8_t *e = from_hex(GBT_32918_SIGNATURE_E, &size);
  uint8_t *r = from_hex(GBT_32918_SIGNATURE_R, &size);
  uint8_t *s = from_hex(GBT_32918_SIGNATURE_S, &size);
  size_t length = append(contents, 0x02, r, 32);
  length += append(contents + length, 0x02, s, 32);
  uint8_t *signature = sequence(contents, length);
  check(sm2_verify(key, e, signature, length + 2), "the signature of the standard verifies");
  e[0] ^= 1;
  check(!sm2_verify(key, e, signature, length + 2), "but not over another digest");
  release();
}

static void decrypts_the_standard(EVP_PKEY *key) {
  size_t size, c2_size;
  uint8_t contents[160];
  uint8_t *c1 = from_hex(GBT_32918_ENCRYPTION_C1, &size);
  uint8_t *c3 = from_hex(GBT_32918_ENCRYPTION_C3, &size);
  uint8_t *c2 = from_hex(GBT_32918_ENCRYPTION_C2, &c2_size);
  size_t length = append(contents, 0x02, c1 + 1, 32);
  length += append(contents + length, 0x02, c1 + 33, 32);
  length += append(contents + length, 0x04, c3, 32);
  length += append(contents + length, 0x04, c2, c2_size);
  // More than 127 bytes: the length takes a byte more.
  uint8_t der[170] = {0x30, 0x81, (uint8_t)length};
  memcpy(der + 3, contents, length);
  uint8_t message[170];
  size_t message_size = sizeof message;
  const char *expected = GBT_32918_ENCRYPTION_MESSAGE;
  check(sm2_decrypt(key, der, length + 3, message, &message_size) && message_size == strlen(expected) &&
            memcmp(message, expected, message_size) == 0,
        "the ciphertext of the standard opens");
  release();
}

static void signs_and_verifies(EVP_PKEY *key) {
  uint8_t e[SM2_NUMBER_SIZE], room[SM2_SIGNATURE_MAX];
  size_t size = sizeof room;
  random_bytes(e, sizeof e);
  check(sm2_sign(key, e, room, &size) && sm2_verify(key, e, room, size), "what is signed verifies");
  for (int i = 0; i < MUTATIONS; i++) {
    const size_t cut = i % 2 == 0 ? size : random_below(size);
    uint8_t *wrong = fenced_copy(room, cut);
    if (cut == size) wrong[random_below(cut)] ^= (uint8_t)(1 + random_below(255));
    check(!sm2_verify(key, e, wrong, cut), "a changed or cut signature does not verify");
  }
  release();
}

static void opens_nothing_else(EVP_PKEY *key, const uint8_t *ciphertext, size_t size) {
  for (int i = 0; i < MUTATIONS; i++) {
    const size_t cut = i % 2 == 0 ? size : 1 + random_below(size - 1);
    uint8_t *wrong = fenced_copy(ciphertext, cut);
    uint8_t *room = fenced_copy(wrong, cut);
    size_t room_size = cut;
    if (cut == size) wrong[random_below(cut)] ^= (uint8_t)(1 + random_below(255));
    check(!sm2_decrypt(key, wrong, cut, room, &room_size), "a changed or cut ciphertext does not open");
    int zero = 1;
    for (size_t at = 0; at < cut; at++) zero &= room[at] == 0;
    check(zero, "and leaves nothing behind");
  }
}

static void encrypts_and_decrypts(EVP_PKEY *key, size_t message_size) {
  size_t size = sm2_ciphertext_max(message_size);
  uint8_t *message = fenced_random(message_size), *ciphertext = fenced(size);
  check(sm2_encrypt(key, message, message_size, ciphertext, &size), "a message is encrypted");
  uint8_t *exact = fenced_copy(ciphertext, size);
  uint8_t *opened = fenced_copy(ciphertext, size);
  size_t opened_size = size;
  check(sm2_decrypt(key, exact, size, opened, &opened_size) && opened_size == message_size &&
            memcmp(opened, message, message_size) == 0,
        "and opens");
  if (message_size <= 64) opens_nothing_else(key, exact, size);
  release();
}

static void refuses_points(const uint8_t *point, const uint8_t *scalar) {
  uint8_t wrong[SM2_POINT_SIZE];
  for (int i = 0; i < MUTATIONS; i++) {
    memcpy(wrong, point, sizeof wrong);
    wrong[random_below(sizeof wrong)] ^= (uint8_t)(1 + random_below(255));
    EVP_PKEY *key = sm2_key(wrong, i % 2 == 0 ? scalar : NULL);
    check(key == NULL, "a point off the curve is no key");
    EVP_PKEY_free(key);
  }
  memset(wrong, 0, sizeof wrong);
  check(sm2_key(wrong, NULL) == NULL, "infinity is no key");
}

void test_sm2(void) {
  size_t size;
  uint8_t point[SM2_POINT_SIZE], scalar[SM2_NUMBER_SIZE], e[SM2_NUMBER_SIZE] = {0}, room[SM2_SIGNATURE_MAX];
  memcpy(scalar, from_hex(GBT_32918_PRIVATEKEY, &size), sizeof scalar);
  check(sm2_public_point(scalar, point) && memcmp(point, from_hex(GBT_32918_PUBLICKEY, &size), sizeof point) == 0,
        "the public key of the standard");
  EVP_PKEY *key = sm2_key(point, scalar);
  EVP_PKEY *public_key = sm2_key(point, NULL);
  check(key != NULL && public_key != NULL, "keys are made");
  verifies_the_standard(public_key);
  decrypts_the_standard(key);
  for (int i = 0; i < ROUNDS; i++) signs_and_verifies(key);
  for (int i = 0; i < ROUNDS; i++) encrypts_and_decrypts(key, 1 + random_below(64));
  encrypts_and_decrypts(key, 65536);
  refuses_points(point, scalar);
  size = sizeof room;
  check(!sm2_sign(public_key, e, room, &size), "a public key does not sign");
  EVP_PKEY_free(public_key);
  EVP_PKEY_free(key);
}
