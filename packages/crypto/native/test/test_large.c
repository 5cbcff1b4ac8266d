// A value of more than 4 GiB, against the cipher in small pieces. Its bytes are zeros that the system makes when they are
// read, and its result is one small piece of memory that appears again and again, so neither takes memory.
#define _GNU_SOURCE // memfd_create
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#define PIECE ((size_t)1 << 24)
#define PIECES ((size_t)257)
#define SIZE (PIECE * PIECES) // 4 GiB and 16 MiB

static uint8_t *zeros(void) {
  void *memory = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  (void)madvise(memory, SIZE, MADV_HUGEPAGE);
  return memory;
}

// Room for the value and its tag.
static uint8_t *repeated(void) {
  const int file = memfd_create("hufu-large", 0);
  uint8_t *memory = mmap(NULL, SIZE + PIECE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (file < 0 || memory == MAP_FAILED || ftruncate(file, PIECE) != 0) return NULL;
  for (size_t i = 0; i <= PIECES; i++)
    if (mmap(memory + i * PIECE, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) return NULL;
  close(file);
  return memory;
}

// The last piece of ciphertext, and the tag behind it.
static bool expected(const uint8_t key[32], const uint8_t nonce[NONCE_SIZE], const uint8_t *text, uint8_t *last) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int done = 0;
  bool ok = EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1;
  for (size_t i = 0; i < PIECES; i++) ok = ok && EVP_EncryptUpdate(context, last, &done, text, (int)PIECE) == 1;
  ok = ok && EVP_EncryptFinal_ex(context, last + PIECE, &done) == 1 &&
       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, last + PIECE) == 1;
  EVP_CIPHER_CTX_free(context);
  return ok;
}

void test_large(void) {
  uint8_t bytes[32], nonce[NONCE_SIZE], *text = zeros(), *out = repeated(), *last = fenced(PIECE + TAG_SIZE);
  random_bytes(bytes, sizeof bytes);
  random_bytes(nonce, sizeof nonce);
  cipher_key *key = aes_256_gcm.key_new(bytes);
  check(key != NULL && text != NULL && out != NULL, "a key, and addresses for more than 4 GiB");
  check(aes_256_gcm.seal(key, nonce, (span){NULL, 0}, (span){text, SIZE}, out), "more than 4 GiB are sealed");
  check(expected(bytes, nonce, text, last) && memcmp(out + SIZE, last + PIECE, TAG_SIZE) == 0, "with the same tag");
  // The tag was written where the last piece began, too.
  check(memcmp(out + SIZE - PIECE + TAG_SIZE, last + TAG_SIZE, PIECE - TAG_SIZE) == 0, "and the same end");
  aes_256_gcm.key_free(key);
  munmap(text, SIZE);
  munmap(out, SIZE + PIECE);
  release();
}
