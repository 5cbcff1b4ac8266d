#include "aead_binding.h"

#include <stdlib.h>
#include <string.h>

#include "segments.h"

typedef struct {
  const cipher *cipher;
  cipher_key *key;
} handle;

static const napi_type_tag handle_tag = {0x2c77a3b1f04e4d19ULL, 0xa85c1e6d90b7f342ULL};
static const cipher *const ciphers[] = {
    &aes_256_gcm,
    &sm4_gcm,
    &sm4_gcm_portable,
#if defined(__x86_64__)
    &sm4_gcm_gfni,
    &sm4_gcm_aesni,
#endif
};

static void handle_free(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  handle *h = data;
  if (h->key != NULL) h->cipher->key_free(h->key);
  free(h);
}

// The handle, or null (and an exception) where it is none or was freed.
static handle *handle_of(napi_env env, napi_value value) {
  bool tagged = false;
  handle *h = NULL;
  if (napi_check_object_type_tag(env, value, &handle_tag, &tagged) == napi_ok && tagged && napi_unwrap(env, value, (void **)&h) == napi_ok &&
      h->key != NULL)
    return h;
  type_error(env, "expected a live key, received a disposed one");
  return NULL;
}

static const cipher *cipher_named(napi_env env, napi_value value) {
  char name[32];
  size_t size;
  if (napi_get_value_string_utf8(env, value, name, sizeof name, &size) != napi_ok) return NULL;
  for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++)
    if (strcmp(ciphers[i]->name, name) == 0) return ciphers[i];
  return NULL;
}

#define ARGUMENTS(env, info, n)                                                   \
  napi_value arguments[n];                                                        \
  size_t argument_count = n;                                                      \
  if (napi_get_cb_info(env, info, &argument_count, arguments, NULL, NULL) != napi_ok) return NULL

// aeadNew(algorithm, key): handle
static napi_value aead_new(napi_env env, napi_callback_info info) {
  ARGUMENTS(env, info, 2);
  const cipher *c = cipher_named(env, arguments[0]);
  bytes key;
  napi_value object;
  if (c == NULL) return type_error(env, "expected an algorithm of this addon");
  if (!value_bytes(env, arguments[1], &key) || key.size != c->key_size) return type_error(env, "expected a key of the algorithm's size");
  handle *h = malloc(sizeof *h);
  if (h != NULL) *h = (handle){c, c->key_new(key.data)};
  if (h == NULL || h->key == NULL) {
    free(h);
    return failure(env, "the cipher could not be set up: this processor can't run it, or memory is short");
  }
  if (napi_create_object(env, &object) == napi_ok && napi_type_tag_object(env, object, &handle_tag) == napi_ok &&
      napi_wrap(env, object, h, handle_free, NULL, NULL) == napi_ok)
    return object;
  handle_free(env, h, NULL);
  return failure(env, "out of memory");
}

// aeadFree(handle): zeroises the key; using the handle again is an error, freeing it again is not
static napi_value aead_free(napi_env env, napi_callback_info info) {
  ARGUMENTS(env, info, 1);
  handle *h = NULL;
  bool tagged = false;
  if (napi_check_object_type_tag(env, arguments[0], &handle_tag, &tagged) != napi_ok || !tagged || napi_unwrap(env, arguments[0], (void **)&h) != napi_ok)
    return type_error(env, "expected a key");
  if (h->key != NULL) h->cipher->key_free(h->key);
  h->key = NULL;
  return NULL;
}

typedef struct {
  bytes nonce, aad, in, into;
} one_shot;

static bool read_one_shot(napi_env env, napi_value arguments[5], one_shot *call) {
  return value_bytes(env, arguments[1], &call->nonce) && call->nonce.size == NONCE_SIZE && value_bytes(env, arguments[2], &call->aad) &&
         value_bytes(env, arguments[3], &call->in) && value_bytes(env, arguments[4], &call->into);
}

static const char one_shot_expected[] = "expected a nonce of 12 bytes, and Uint8Arrays over memory that is not shared";
static const char room_expected[] = "expected room for the result, in the input's own memory or apart from it";

// aeadSeal(handle, nonce, aad, plaintext, into)
static napi_value aead_seal(napi_env env, napi_callback_info info) {
  ARGUMENTS(env, info, 5);
  one_shot call;
  handle *h = handle_of(env, arguments[0]);
  if (h == NULL) return NULL;
  if (!read_one_shot(env, arguments, &call)) return type_error(env, one_shot_expected);
  if (call.into.size < TAG_SIZE || call.into.size - TAG_SIZE < call.in.size || !in_place_or_apart(call.in.data, call.in.size, call.into.data, call.in.size + TAG_SIZE) ||
      !apart(call.aad.data, call.aad.size, call.into.data, call.in.size + TAG_SIZE))
    return type_error(env, room_expected);
  span aad = {call.aad.data, call.aad.size}, in = {call.in.data, call.in.size};
  return h->cipher->seal(h->key, call.nonce.data, aad, in, call.into.data) ? NULL : failure(env, "sealing failed");
}

// aeadOpen(handle, nonce, aad, sealed, into): whether it is authentic
static napi_value aead_open(napi_env env, napi_callback_info info) {
  ARGUMENTS(env, info, 5);
  one_shot call;
  handle *h = handle_of(env, arguments[0]);
  if (h == NULL) return NULL;
  if (!read_one_shot(env, arguments, &call)) return type_error(env, one_shot_expected);
  if (call.in.size < TAG_SIZE) return boolean(env, false);
  if (call.into.size < call.in.size - TAG_SIZE || !in_place_or_apart(call.in.data, call.in.size, call.into.data, call.in.size - TAG_SIZE) ||
      !apart(call.aad.data, call.aad.size, call.into.data, call.in.size - TAG_SIZE))
    return type_error(env, room_expected);
  span aad = {call.aad.data, call.aad.size}, in = {call.in.data, call.in.size};
  return boolean(env, h->cipher->open(h->key, call.nonce.data, aad, in, call.into.data));
}

typedef struct {
  segment_run run;
  bytes aad, in, into;
} segment_call;

// (handle, aad, firstIndex, in, segmentSize, last, into)
static bool read_segment_call(napi_env env, napi_value a[7], handle *h, segment_call *call) {
  uint64_t size;
  if (!value_bytes(env, a[1], &call->aad) || !value_uint(env, a[2], (uint64_t)1 << 53, &call->run.first_index) || !value_bytes(env, a[3], &call->in) ||
      !value_uint(env, a[4], (uint64_t)1 << 30, &size) || size == 0 || !value_bool(env, a[5], &call->run.last) || !value_bytes(env, a[6], &call->into))
    return false;
  call->run.cipher = h->cipher;
  call->run.key = h->key;
  call->run.aad = (span){call->aad.data, call->aad.size};
  call->run.segment_size = (size_t)size;
  return true;
}

static const char segments_expected[] = "expected associated data, an index, bytes, a segment size, whether the last is among them, and room for the result";

static bool has_room(const segment_call *call, size_t needed) {
  return call->into.size >= needed && apart(call->in.data, call->in.size, call->into.data, needed) && apart(call->aad.data, call->aad.size, call->into.data, needed);
}

// segmentsSeal(handle, aad, firstIndex, plaintext, segmentSize, last, into)
static napi_value segments_seal_sync(napi_env env, napi_callback_info info) {
  ARGUMENTS(env, info, 7);
  segment_call call;
  handle *h = handle_of(env, arguments[0]);
  if (h == NULL) return NULL;
  if (!read_segment_call(env, arguments, h, &call)) return type_error(env, segments_expected);
  size_t count = segment_run_count(&call.run, call.in.size, call.run.segment_size);
  if (!has_room(&call, call.in.size + count * TAG_SIZE)) return type_error(env, segments_expected);
  return segments_seal(&call.run, (span){call.in.data, call.in.size}, call.into.data) ? NULL : failure(env, "sealing failed");
}

// segmentsOpen(handle, aad, firstIndex, sealed, segmentSize, last, into): whether all are authentic
static napi_value segments_open_sync(napi_env env, napi_callback_info info) {
  ARGUMENTS(env, info, 7);
  segment_call call;
  handle *h = handle_of(env, arguments[0]);
  if (h == NULL) return NULL;
  if (!read_segment_call(env, arguments, h, &call)) return type_error(env, segments_expected);
  size_t count = segment_run_count(&call.run, call.in.size, call.run.segment_size + TAG_SIZE);
  if (call.in.size < count * TAG_SIZE) return boolean(env, false);
  if (!has_room(&call, call.in.size - count * TAG_SIZE)) return type_error(env, segments_expected);
  return boolean(env, segments_open(&call.run, (span){call.in.data, call.in.size}, call.into.data));
}

bool aead_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "aeadNew", aead_new) && export_function(env, exports, "aeadFree", aead_free) &&
         export_function(env, exports, "aeadSeal", aead_seal) && export_function(env, exports, "aeadOpen", aead_open) &&
         export_function(env, exports, "segmentsSeal", segments_seal_sync) && export_function(env, exports, "segmentsOpen", segments_open_sync);
}
