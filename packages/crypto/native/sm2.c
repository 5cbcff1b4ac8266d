#include "sm2.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

typedef int (*start_operation)(EVP_PKEY_CTX *);

bool sm2_public_point(const uint8_t scalar[SM2_NUMBER_SIZE], uint8_t point[SM2_POINT_SIZE]) {
  ERR_set_mark();
  EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
  EC_POINT *result = group == NULL ? NULL : EC_POINT_new(group);
  BIGNUM *number = BN_secure_new();
  bool ok = result != NULL && number != NULL && BN_bin2bn(scalar, SM2_NUMBER_SIZE, number) != NULL;
  if (ok) BN_set_flags(number, BN_FLG_CONSTTIME);
  ok = ok && EC_POINT_mul(group, result, number, NULL, NULL, NULL) == 1 &&
       EC_POINT_point2oct(group, result, POINT_CONVERSION_UNCOMPRESSED, point, SM2_POINT_SIZE, NULL) == SM2_POINT_SIZE;
  BN_clear_free(number);
  EC_POINT_free(result);
  EC_GROUP_free(group);
  ERR_pop_to_mark();
  return ok;
}

// OSSL_PARAM takes numbers in the machine's byte order.
static void to_native_order(const uint8_t *big_endian, uint8_t native[SM2_NUMBER_SIZE]) {
  const uint16_t probe = 1;
  const bool little = *(const uint8_t *)&probe;
  for (int i = 0; i < SM2_NUMBER_SIZE; i++) native[i] = big_endian[little ? SM2_NUMBER_SIZE - 1 - i : i];
}

EVP_PKEY *sm2_key(const uint8_t point[SM2_POINT_SIZE], const uint8_t *scalar) {
  uint8_t number[SM2_NUMBER_SIZE];
  OSSL_PARAM params[4] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)SN_sm2, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, SM2_POINT_SIZE),
      OSSL_PARAM_construct_end(),
      OSSL_PARAM_construct_end(),
  };
  if (scalar != NULL) {
    to_native_order(scalar, number);
    params[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number, sizeof number);
  }
  EVP_PKEY *key = NULL;
  ERR_set_mark();
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
  if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
      EVP_PKEY_fromdata(context, &key, scalar == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params) != 1)
    key = NULL;
  EVP_PKEY_CTX_free(context);
  ERR_pop_to_mark();
  OPENSSL_cleanse(number, sizeof number);
  return key;
}

// A context ready for one operation, or NULL. Opens an error mark, which finish() closes.
static EVP_PKEY_CTX *start(EVP_PKEY *key, start_operation operation) {
  ERR_set_mark();
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
  if (context != NULL && operation(context) == 1) return context;
  EVP_PKEY_CTX_free(context);
  return NULL;
}

static bool finish(EVP_PKEY_CTX *context, bool ok) {
  EVP_PKEY_CTX_free(context);
  ERR_pop_to_mark();
  return ok;
}

bool sm2_sign(EVP_PKEY *key, const uint8_t e[SM2_NUMBER_SIZE], uint8_t *signature, size_t *signature_size) {
  EVP_PKEY_CTX *context = start(key, EVP_PKEY_sign_init);
  return finish(context,
                context != NULL && EVP_PKEY_sign(context, signature, signature_size, e, SM2_NUMBER_SIZE) == 1);
}

bool sm2_verify(EVP_PKEY *key, const uint8_t e[SM2_NUMBER_SIZE], const uint8_t *signature, size_t signature_size) {
  EVP_PKEY_CTX *context = start(key, EVP_PKEY_verify_init);
  return finish(context,
                context != NULL && EVP_PKEY_verify(context, signature, signature_size, e, SM2_NUMBER_SIZE) == 1);
}

// The sequence, two integers of up to 33 bytes, 32 bytes and the message, each with a header of at most 6.
size_t sm2_ciphertext_max(size_t message_size) { return message_size + 33 + 33 + 32 + 5 * 6; }

bool sm2_encrypt(EVP_PKEY *key, const uint8_t *message, size_t message_size, uint8_t *ciphertext,
                size_t *ciphertext_size) {
  EVP_PKEY_CTX *context = start(key, EVP_PKEY_encrypt_init);
  return finish(context,
                context != NULL && EVP_PKEY_encrypt(context, ciphertext, ciphertext_size, message, message_size) == 1);
}

bool sm2_decrypt(EVP_PKEY *key, const uint8_t *ciphertext, size_t ciphertext_size, uint8_t *message,
                size_t *message_size) {
  const size_t room = *message_size;
  EVP_PKEY_CTX *context = start(key, EVP_PKEY_decrypt_init);
  const bool ok = finish(
      context, context != NULL && EVP_PKEY_decrypt(context, message, message_size, ciphertext, ciphertext_size) == 1);
  if (!ok) OPENSSL_cleanse(message, room);
  return ok;
}
