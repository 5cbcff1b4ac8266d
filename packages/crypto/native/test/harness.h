// What the plain C tests of the native code share: counting, random bytes, bytes from hex, exact allocations.
#ifndef HUFU_HARNESS_H
#define HUFU_HARNESS_H

#include "../cipher.h"

// Counts one check; says its name when it fails.
void check(int ok, const char *name);

// Prints "N passed, N failed"; the exit code of main.
int report(void);

// The same sequence in every run.
void random_bytes(uint8_t *bytes, size_t size);
size_t random_below(size_t limit);

// Memory that ends where a forbidden page begins: whoever touches one byte too far crashes, even in code that no
// sanitizer instruments. Zeroed, and freed all at once by release().
uint8_t *fenced(size_t size);
uint8_t *fenced_copy(const uint8_t *bytes, size_t size);
uint8_t *fenced_random(size_t size);
uint8_t *from_hex(const char *hex, size_t *size);
void release(void);

// One function of checks a file.
void test_sm2(void);
void test_hmac(void);
void test_aead(const cipher *cipher);
void test_batch(const cipher *cipher);
void test_cell(const cipher *cipher);
void test_message(const cipher *cipher);
void test_shared_segments(const cipher *cipher);
void test_sm4(void);
void test_large(void);

#endif
