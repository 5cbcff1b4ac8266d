#include "sm2_binding.h"

#include <stdlib.h>

#include "sm2.h"
#include "values.h"

#define MAX_ARGUMENTS 3

typedef struct {
  EVP_PKEY *pkey;
} key_handle;

static const napi_type_tag key_tag = {0x6f1d3c5b2a9e4870ULL, 0x91b7e04c3d5a2f68ULL};

// The arguments; those that are missing are undefined.
static void read_arguments(napi_env env, napi_callback_info info, napi_value arguments[MAX_ARGUMENTS]) {
  size_t count = MAX_ARGUMENTS;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
}

static bool bytes_of(napi_env env, napi_value value, size_t size, bytes *out) {
  return value_bytes(env, value, out) && out->size == size;
}

static EVP_PKEY *key_of(napi_env env, napi_value value) {
  bool tagged = false;
  key_handle *handle = NULL;
  if (napi_check_object_type_tag(env, value, &key_tag, &tagged) != napi_ok || !tagged) return NULL;
  return napi_unwrap(env, value, (void **)&handle) == napi_ok ? handle->pkey : NULL;
}

// A zeroed buffer, whose front becomes the result by view_of().
static napi_value new_buffer(napi_env env, size_t size, bytes *out) {
  napi_value buffer = NULL;
  out->size = size;
  if (napi_create_arraybuffer(env, size, (void **)&out->data, &buffer) == napi_ok) return buffer;
  return failure(env, "out of memory");
}

static napi_value view_of(napi_env env, napi_value buffer, size_t size) {
  napi_value view = NULL;
  napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &view);
  return view;
}

// sm2PublicPoint(scalar): 04 || x || y
static napi_value public_point(napi_env env, napi_callback_info info) {
  napi_value arguments[MAX_ARGUMENTS];
  bytes scalar, point;
  read_arguments(env, info, arguments);
  if (!bytes_of(env, arguments[0], SM2_NUMBER_SIZE, &scalar)) return type_error(env, "expected a 32-byte scalar");
  napi_value buffer = new_buffer(env, SM2_POINT_SIZE, &point);
  if (buffer == NULL) return NULL;
  if (!sm2_public_point(scalar.data, point.data)) return failure(env, "SM2 point multiplication failed");
  return view_of(env, buffer, SM2_POINT_SIZE);
}

static void free_handle(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  EVP_PKEY_free(((key_handle *)data)->pkey);
  free(data);
}

static napi_value wrap_key(napi_env env, EVP_PKEY *pkey) {
  napi_value object = NULL;
  key_handle *handle = malloc(sizeof *handle);
  if (handle == NULL) {
    EVP_PKEY_free(pkey);
    return failure(env, "out of memory");
  }
  handle->pkey = pkey;
  if (napi_create_object(env, &object) == napi_ok && napi_type_tag_object(env, object, &key_tag) == napi_ok &&
      napi_wrap(env, object, handle, free_handle, NULL, NULL) == napi_ok)
    return object;
  free_handle(env, handle, NULL);
  return failure(env, "out of memory");
}

// sm2Key(point, scalar?): a handle
static napi_value new_key(napi_env env, napi_callback_info info) {
  napi_value arguments[MAX_ARGUMENTS];
  bytes point, scalar = {NULL, 0};
  napi_valuetype type;
  read_arguments(env, info, arguments);
  napi_typeof(env, arguments[1], &type);
  if (!bytes_of(env, arguments[0], SM2_POINT_SIZE, &point)) return type_error(env, "expected a 65-byte point");
  if (type != napi_undefined && !bytes_of(env, arguments[1], SM2_NUMBER_SIZE, &scalar))
    return type_error(env, "expected a 32-byte scalar");
  EVP_PKEY *pkey = sm2_key(point.data, scalar.data);
  if (pkey == NULL) return type_error(env, "expected a point of the SM2 curve");
  return wrap_key(env, pkey);
}

// sm2Free(handle): zeroises the key; the handle is of no more use
static napi_value free_key(napi_env env, napi_callback_info info) {
  napi_value arguments[MAX_ARGUMENTS];
  key_handle *handle = NULL;
  read_arguments(env, info, arguments);
  if (key_of(env, arguments[0]) == NULL) return NULL;
  napi_unwrap(env, arguments[0], (void **)&handle);
  EVP_PKEY_free(handle->pkey);
  handle->pkey = NULL;
  return NULL;
}

// sm2Sign(handle, e): DER
static napi_value sign(napi_env env, napi_callback_info info) {
  napi_value arguments[MAX_ARGUMENTS];
  bytes e, signature;
  read_arguments(env, info, arguments);
  EVP_PKEY *key = key_of(env, arguments[0]);
  if (key == NULL) return type_error(env, "expected a live SM2 key");
  if (!bytes_of(env, arguments[1], SM2_NUMBER_SIZE, &e)) return type_error(env, "expected a 32-byte digest");
  napi_value buffer = new_buffer(env, SM2_SIGNATURE_MAX, &signature);
  if (buffer == NULL) return NULL;
  if (!sm2_sign(key, e.data, signature.data, &signature.size)) return failure(env, "SM2 signing failed");
  return view_of(env, buffer, signature.size);
}

// sm2Verify(handle, e, DER): boolean
static napi_value verify(napi_env env, napi_callback_info info) {
  napi_value arguments[MAX_ARGUMENTS];
  bytes e, signature;
  read_arguments(env, info, arguments);
  EVP_PKEY *key = key_of(env, arguments[0]);
  if (key == NULL) return type_error(env, "expected a live SM2 key");
  if (!bytes_of(env, arguments[1], SM2_NUMBER_SIZE, &e)) return type_error(env, "expected a 32-byte digest");
  if (!value_bytes(env, arguments[2], &signature)) return type_error(env, "expected a signature");
  return boolean(env, sm2_verify(key, e.data, signature.data, signature.size));
}

// sm2Encrypt(handle, message): DER
static napi_value encrypt(napi_env env, napi_callback_info info) {
  napi_value arguments[MAX_ARGUMENTS];
  bytes message, ciphertext;
  read_arguments(env, info, arguments);
  EVP_PKEY *key = key_of(env, arguments[0]);
  if (key == NULL) return type_error(env, "expected a live SM2 key");
  if (!value_bytes(env, arguments[1], &message) || message.size == 0) return type_error(env, "expected a message");
  napi_value buffer = new_buffer(env, sm2_ciphertext_max(message.size), &ciphertext);
  if (buffer == NULL) return NULL;
  if (!sm2_encrypt(key, message.data, message.size, ciphertext.data, &ciphertext.size))
    return failure(env, "SM2 encryption failed");
  return view_of(env, buffer, ciphertext.size);
}

// sm2Decrypt(handle, DER): the message, or null
static napi_value decrypt(napi_env env, napi_callback_info info) {
  napi_value arguments[MAX_ARGUMENTS], nothing = NULL;
  bytes ciphertext, message;
  read_arguments(env, info, arguments);
  EVP_PKEY *key = key_of(env, arguments[0]);
  if (key == NULL) return type_error(env, "expected a live SM2 key");
  if (!value_bytes(env, arguments[1], &ciphertext) || ciphertext.size == 0)
    return type_error(env, "expected a ciphertext");
  napi_value buffer = new_buffer(env, ciphertext.size, &message);
  if (buffer == NULL) return NULL;
  if (sm2_decrypt(key, ciphertext.data, ciphertext.size, message.data, &message.size))
    return view_of(env, buffer, message.size);
  napi_get_null(env, &nothing);
  return nothing;
}

bool sm2_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "sm2PublicPoint", public_point) &&
         export_function(env, exports, "sm2Key", new_key) && export_function(env, exports, "sm2Free", free_key) &&
         export_function(env, exports, "sm2Sign", sign) && export_function(env, exports, "sm2Verify", verify) &&
         export_function(env, exports, "sm2Encrypt", encrypt) && export_function(env, exports, "sm2Decrypt", decrypt);
}
