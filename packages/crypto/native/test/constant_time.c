// Runs under valgrind's memcheck with every secret marked as undefined: a branch or an address that depends on one
// is reported as a use of uninitialised memory (the method of ctgrind). `leak` as an argument leaks on purpose.
#include <string.h>
#include <valgrind/memcheck.h>

#include "../sm4_tier.h"
#include "harness.h"

#define LONGEST 600

static void secret(const void *bytes, size_t size) { VALGRIND_MAKE_MEM_UNDEFINED(bytes, size); }
static void public(const void *bytes, size_t size) { VALGRIND_MAKE_MEM_DEFINED(bytes, size); }

static void seals_and_opens(const cipher *cipher, cipher_key *key, span aad, size_t size) {
  uint8_t nonce[NONCE_SIZE] = {1, 2, 3};
  uint8_t *plaintext = fenced_random(size), *sealed = fenced(size + TAG_SIZE), *opened = fenced(size);
  secret(plaintext, size);
  cipher->seal(key, nonce, aad, (span){plaintext, size}, sealed);
  // What is sealed may be seen by all; the key stream that opens it may not.
  public(sealed, size + TAG_SIZE);
  const bool authentic = cipher->open(key, nonce, aad, (span){sealed, size + TAG_SIZE}, opened);
  public(plaintext, size);
  public(opened, size);
  check(authentic && memcmp(opened, plaintext, size) == 0, cipher->name);
  release();
}

static void test_cipher(const cipher *cipher) {
  uint8_t bytes[32], aad[45];
  random_bytes(bytes, sizeof bytes);
  random_bytes(aad, sizeof aad);
  secret(bytes, sizeof bytes);
  secret(aad, sizeof aad);
  cipher_key *key = cipher->key_new(bytes);
  check(key != NULL, cipher->name);
  for (size_t size = 0; size <= LONGEST; size += size < 70 ? 1 : 19)
    seals_and_opens(cipher, key, (span){aad, size % 46}, size);
  cipher->key_free(key);
}

// A table look-up, which the check must find.
static int leak(void) {
  static const char table[256] = {1};
  uint8_t index = 7;
  secret(&index, 1);
  volatile const char *place = table + index;
  return *place;
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "leak") == 0) return leak() > 1;
  test_cipher(&sm4_gcm);
  return report();
}
