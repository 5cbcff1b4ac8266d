#include "hmac_binding.h"

#include "hmac.h"
#include "values.h"

#define ARGUMENTS 4

typedef struct {
  hash_name hash;
  span key;
  span data;
  bytes out;
} call;

// (hash: 0 for SHA-256, 1 for SM3; key; data; out), all but the first a Uint8Array
static bool read_call(napi_env env, napi_callback_info info, call *out) {
  napi_value arguments[ARGUMENTS];
  size_t count = ARGUMENTS;
  uint64_t hash;
  bytes key, data;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok ||
      !value_uint(env, arguments[0], HASH_SM3, &hash) || !value_bytes(env, arguments[1], &key) ||
      !value_bytes(env, arguments[2], &data) || !value_bytes(env, arguments[3], &out->out))
    return false;
  out->hash = (hash_name)hash;
  out->key = (span){key.data, key.size};
  out->data = (span){data.data, data.size};
  return true;
}

// hmac(hash, key, message, out): fills the 32 bytes of out
static napi_value compute(napi_env env, napi_callback_info info) {
  call c;
  if (!read_call(env, info, &c) || c.out.size != HASH_SIZE)
    return type_error(env, "expected a hash, a key, a message and room for 32 bytes");
  if (!hmac(c.hash, c.key, &c.data, 1, c.out.data)) return failure(env, "HMAC failed");
  return NULL;
}

// hkdfExpand(hash, pseudorandomKey, info, out): fills out
static napi_value expand(napi_env env, napi_callback_info info) {
  call c;
  if (!read_call(env, info, &c) || c.out.size == 0 || c.out.size > 255 * HASH_SIZE)
    return type_error(env, "expected a hash, a key, an info and room for 1 to 8160 bytes");
  if (!hkdf_expand(c.hash, c.key, c.data, c.out.data, c.out.size)) return failure(env, "HKDF failed");
  return NULL;
}

bool hmac_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "hmac", compute) && export_function(env, exports, "hkdfExpand", expand);
}
