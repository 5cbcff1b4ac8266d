// Reading JavaScript values. Every function answers whether the value is what it should be.
#ifndef HUFU_VALUES_H
#define HUFU_VALUES_H

#include <node_api.h>

#include "cipher.h"

typedef struct {
  uint8_t *data;
  size_t size;
} bytes;

typedef struct {
  const uint32_t *data;
  size_t count;
} words;

// Declares `arguments`, n of them; those that were not given are undefined.
#define TAKE_ARGUMENTS(env, info, n) \
  napi_value arguments[n];           \
  size_t argument_count = n;         \
  if (napi_get_cb_info(env, info, &argument_count, arguments, NULL, NULL) != napi_ok) return NULL

// A Uint8Array over an ArrayBuffer. A detached one, which has no bytes, is refused, and one over a SharedArrayBuffer,
// which another thread could change meanwhile.
bool value_bytes(napi_env env, napi_value value, bytes *out);
// A Uint32Array, likewise.
bool value_words(napi_env env, napi_value value, words *out);
bool value_uint(napi_env env, napi_value value, uint64_t max, uint64_t *out);
bool value_bool(napi_env env, napi_value value, bool *out);

// Exactly the same memory, or none in common.
bool in_place_or_apart(const uint8_t *in, size_t in_size, const uint8_t *out, size_t out_size);
bool apart(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size);

napi_value type_error(napi_env env, const char *message);
napi_value failure(napi_env env, const char *message);
napi_value boolean(napi_env env, bool value);
bool export_function(napi_env env, napi_value exports, const char *name, napi_callback function);

#endif
