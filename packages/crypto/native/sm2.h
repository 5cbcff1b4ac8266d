// SM2 (GB/T 32918) over OpenSSL's EVP. Knows nothing of JavaScript.
// Signatures are DER SEQUENCE { r, s }; ciphertexts DER SEQUENCE { x1, y1, C3, C2 }.
#ifndef HUFU_SM2_H
#define HUFU_SM2_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SM2_NUMBER_SIZE 32
#define SM2_POINT_SIZE 65
#define SM2_SIGNATURE_MAX 72

// Every function answers whether it succeeded, and leaves OpenSSL's error queue as it was.

// scalar * G as 04 || x || y.
bool sm2_public_point(const uint8_t scalar[SM2_NUMBER_SIZE], uint8_t point[SM2_POINT_SIZE]);

// A key from 04 || x || y and, unless it is NULL, the scalar. NULL when they are no key. Free with EVP_PKEY_free, which zeroises.
EVP_PKEY *sm2_key(const uint8_t point[SM2_POINT_SIZE], const uint8_t *scalar);

// Signs e verbatim. *signature_size: room in, bytes written out.
bool sm2_sign(EVP_PKEY *key, const uint8_t e[SM2_NUMBER_SIZE], uint8_t *signature, size_t *signature_size);

bool sm2_verify(EVP_PKEY *key, const uint8_t e[SM2_NUMBER_SIZE], const uint8_t *signature, size_t signature_size);

// Room that any ciphertext of so long a message fits.
size_t sm2_ciphertext_max(size_t message_size);

// *ciphertext_size: room in, bytes written out.
bool sm2_encrypt(EVP_PKEY *key, const uint8_t *message, size_t message_size, uint8_t *ciphertext,
                size_t *ciphertext_size);

// *message_size: room in (ciphertext_size is always enough), bytes written out. On failure the room is zeroed.
bool sm2_decrypt(EVP_PKEY *key, const uint8_t *ciphertext, size_t ciphertext_size, uint8_t *message,
                size_t *message_size);

#endif
