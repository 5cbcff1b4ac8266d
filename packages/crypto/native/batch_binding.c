#include "batch_binding.h"

#include "batch.h"
#include "key_table_binding.h"

typedef struct {
  batch batch;
  bytes nonces, aad, values, into;
  words aad_ends, ends;
} batch_call;

// (key, nonces, aad, aadEnds, values, ends, into); no aadEnds when all values have the same associated data
static bool read_call(napi_env env, napi_value a[7], const keyed_cipher *k, size_t least, batch_call *c) {
  if (!value_bytes(env, a[1], &c->nonces) || !value_bytes(env, a[2], &c->aad) ||
      !value_words(env, a[3], &c->aad_ends) || !value_bytes(env, a[4], &c->values) ||
      !value_words(env, a[5], &c->ends) || !value_bytes(env, a[6], &c->into))
    return false;
  const size_t count = c->ends.count;
  const bool own_aad = c->aad_ends.count > 0;
  c->batch = (batch){.cipher = k->cipher,
                     .key = k->key,
                     .count = count,
                     .nonces = c->nonces.data,
                     .aad = {c->aad.data, c->aad.size},
                     .aad_ends = own_aad ? c->aad_ends.data : NULL,
                     .values = c->values.data,
                     .ends = c->ends.data};
  return c->nonces.size == count * NONCE_SIZE && (!own_aad || c->aad_ends.count == count) &&
         batch_ends_valid(c->ends.data, count, c->values.size, least) &&
         (!own_aad || batch_ends_valid(c->aad_ends.data, count, c->aad.size, 0));
}

// Room for the result, apart from everything that is read.
static bool has_room(const batch_call *c, size_t needed) {
  const uint8_t *into = c->into.data;
  return c->into.size >= needed && apart(c->values.data, c->values.size, into, needed) &&
         apart(c->nonces.data, c->nonces.size, into, needed) && apart(c->aad.data, c->aad.size, into, needed) &&
         apart((const uint8_t *)c->ends.data, c->ends.count * 4, into, needed) &&
         apart((const uint8_t *)c->aad_ends.data, c->aad_ends.count * 4, into, needed);
}

static size_t total(const batch_call *c) { return c->ends.count == 0 ? 0 : c->ends.data[c->ends.count - 1]; }

static const char expected[] =
    "expected a nonce of 12 bytes and an ascending end for each value, and room for the result apart from all input";

// batchSeal(key, nonces, aad, aadEnds, plaintexts, ends, into)
static napi_value batch_seal_now(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 7);
  batch_call c;
  const keyed_cipher *k = key_numbered(env, arguments[0]);
  if (k == NULL) return NULL;
  if (!read_call(env, arguments, k, 0, &c) || !has_room(&c, total(&c) + c.ends.count * TAG_SIZE))
    return type_error(env, expected);
  return batch_seal(&c.batch, c.into.data) ? NULL : failure(env, "sealing failed");
}

// batchOpen(key, nonces, aad, aadEnds, sealed, ends, into): whether all are authentic
static napi_value batch_open_now(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 7);
  batch_call c;
  const keyed_cipher *k = key_numbered(env, arguments[0]);
  if (k == NULL) return NULL;
  if (!read_call(env, arguments, k, TAG_SIZE, &c) || !has_room(&c, total(&c) - c.ends.count * TAG_SIZE))
    return type_error(env, expected);
  return boolean(env, batch_open(&c.batch, c.into.data));
}

bool batch_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "batchSeal", batch_seal_now) &&
         export_function(env, exports, "batchOpen", batch_open_now);
}
