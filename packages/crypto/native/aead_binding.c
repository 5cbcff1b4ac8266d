#include "aead_binding.h"

#include "key_table_binding.h"

bool read_one_shot(napi_env env, napi_value arguments[5], one_shot *call) {
  return value_bytes(env, arguments[1], &call->nonce) && call->nonce.size == NONCE_SIZE &&
         value_bytes(env, arguments[2], &call->aad) && value_bytes(env, arguments[3], &call->in) &&
         value_bytes(env, arguments[4], &call->into);
}

bool one_shot_has_room(const one_shot *call, size_t needed) {
  return call->into.size >= needed && in_place_or_apart(call->in.data, call->in.size, call->into.data, needed) &&
         apart(call->aad.data, call->aad.size, call->into.data, needed);
}

const char one_shot_expected[] = "expected a nonce of 12 bytes, and Uint8Arrays over memory that is not shared";
const char room_expected[] = "expected room for the result, in the input's own place or apart from it";

static span spanned(bytes b) { return (span){b.data, b.size}; }

// aeadSeal(key, nonce, aad, plaintext, into)
static napi_value aead_seal(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 5);
  one_shot call;
  const keyed_cipher *k = key_numbered(env, arguments[0]);
  if (k == NULL) return NULL;
  if (!read_one_shot(env, arguments, &call)) return type_error(env, one_shot_expected);
  if (!one_shot_has_room(&call, call.in.size + TAG_SIZE)) return type_error(env, room_expected);
  return k->cipher->seal(k->key, call.nonce.data, spanned(call.aad), spanned(call.in), call.into.data)
             ? NULL
             : failure(env, "sealing failed");
}

// aeadOpen(key, nonce, aad, sealed, into): whether it is authentic
static napi_value aead_open(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 5);
  one_shot call;
  const keyed_cipher *k = key_numbered(env, arguments[0]);
  if (k == NULL) return NULL;
  if (!read_one_shot(env, arguments, &call)) return type_error(env, one_shot_expected);
  if (call.in.size < TAG_SIZE) return boolean(env, false);
  if (!one_shot_has_room(&call, call.in.size - TAG_SIZE)) return type_error(env, room_expected);
  return boolean(env, k->cipher->open(k->key, call.nonce.data, spanned(call.aad), spanned(call.in), call.into.data));
}

typedef struct {
  const keyed_cipher *keyed;
  const uint8_t *nonce;
  span aad;
  uint8_t *text;
  size_t sealed_size;
} small_call;

// (key, at, size, aadSize): at `at` in the small memory are the text, with its tag or room for it, then the nonce, then
// the associated data. The result takes the place of the text.
static bool read_small(napi_env env, napi_callback_info info, small_call *call) {
  napi_value arguments[4];
  size_t count = 4;
  uint32_t at, aad_size, size;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok) return false;
  call->keyed = key_numbered(env, arguments[0]);
  if (call->keyed == NULL) return false;
  const bytes memory = small_memory(env);
  if (napi_get_value_uint32(env, arguments[1], &at) != napi_ok ||
      napi_get_value_uint32(env, arguments[2], &size) != napi_ok ||
      napi_get_value_uint32(env, arguments[3], &aad_size) != napi_ok || size < TAG_SIZE ||
      (uint64_t)at + size + NONCE_SIZE + aad_size > memory.size) {
    type_error(env, "expected a place in the memory for small values");
    return false;
  }
  call->text = memory.data + at;
  call->sealed_size = size;
  call->nonce = call->text + size;
  call->aad = (span){call->nonce + NONCE_SIZE, aad_size};
  return true;
}

// aeadSealSmall(key, at, sealedSize, aadSize)
static napi_value aead_seal_small(napi_env env, napi_callback_info info) {
  small_call c;
  if (!read_small(env, info, &c)) return NULL;
  const span in = {c.text, c.sealed_size - TAG_SIZE};
  return c.keyed->cipher->seal(c.keyed->key, c.nonce, c.aad, in, c.text) ? NULL : failure(env, "sealing failed");
}

// aeadOpenSmall(key, at, sealedSize, aadSize): whether it is authentic
static napi_value aead_open_small(napi_env env, napi_callback_info info) {
  small_call c;
  if (!read_small(env, info, &c)) return NULL;
  const span in = {c.text, c.sealed_size};
  return boolean(env, c.keyed->cipher->open(c.keyed->key, c.nonce, c.aad, in, c.text));
}

bool aead_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "aeadSeal", aead_seal) && export_function(env, exports, "aeadOpen", aead_open) &&
         export_function(env, exports, "aeadSealSmall", aead_seal_small) &&
         export_function(env, exports, "aeadOpenSmall", aead_open_small);
}
