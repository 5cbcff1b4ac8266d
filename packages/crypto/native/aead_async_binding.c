#include "aead_async_binding.h"

#include <stdlib.h>
#include <string.h>

#include "aead_binding.h"
#include "key_table_binding.h"

// A call that runs on a thread, with its own copy of the key, the nonce and the associated data, while the references
// keep the memory alive.
typedef struct {
  bool sealing, ok;
  keyed_cipher keyed;
  uint8_t nonce[NONCE_SIZE], *aad;
  size_t aad_size;
  bytes in, into;
  napi_ref in_ref, into_ref;
  napi_async_work work;
  napi_deferred deferred;
} job;

static void job_free(napi_env env, job *j) {
  j->keyed.cipher->key_free(j->keyed.key);
  free(j->aad);
  if (j->in_ref != NULL) napi_delete_reference(env, j->in_ref);
  if (j->into_ref != NULL) napi_delete_reference(env, j->into_ref);
  if (j->work != NULL) napi_delete_async_work(env, j->work);
  free(j);
}

static void job_execute(napi_env env, void *data) {
  (void)env;
  job *j = data;
  const cipher *c = j->keyed.cipher;
  const span aad = {j->aad, j->aad_size}, in = {j->in.data, j->in.size};
  j->ok = (j->sealing ? c->seal : c->open)(j->keyed.key, j->nonce, aad, in, j->into.data);
}

static void job_complete(napi_env env, napi_status status, void *data) {
  (void)status;
  job *j = data;
  napi_resolve_deferred(env, j->deferred, boolean(env, j->ok));
  job_free(env, j);
}

static job *job_new(const keyed_cipher *keyed, const one_shot *call, bool sealing) {
  job *j = calloc(1, sizeof *j);
  if (j == NULL) return NULL;
  *j = (job){.sealing = sealing, .aad_size = call->aad.size, .in = call->in, .into = call->into};
  j->keyed = (keyed_cipher){keyed->cipher, keyed->cipher->key_copy(keyed->key)};
  memcpy(j->nonce, call->nonce.data, NONCE_SIZE);
  j->aad = malloc(call->aad.size + 1);
  if (j->aad != NULL && call->aad.size > 0) memcpy(j->aad, call->aad.data, call->aad.size);
  return j;
}

static bool job_start(napi_env env, job *j, napi_value arguments[5], napi_value *promise) {
  napi_value name;
  return j->aad != NULL && j->keyed.key != NULL && napi_create_reference(env, arguments[3], 1, &j->in_ref) == napi_ok &&
         napi_create_reference(env, arguments[4], 1, &j->into_ref) == napi_ok &&
         napi_create_string_utf8(env, "hufu:aead", NAPI_AUTO_LENGTH, &name) == napi_ok &&
         napi_create_async_work(env, NULL, name, job_execute, job_complete, j, &j->work) == napi_ok &&
         napi_create_promise(env, &j->deferred, promise) == napi_ok &&
         napi_queue_async_work(env, j->work) == napi_ok;
}

static napi_value run_later(napi_env env, napi_callback_info info, bool sealing) {
  TAKE_ARGUMENTS(env, info, 5);
  one_shot call;
  napi_value promise;
  const keyed_cipher *keyed = key_numbered(env, arguments[0]);
  if (keyed == NULL) return NULL;
  if (!read_one_shot(env, arguments, &call)) return type_error(env, one_shot_expected);
  if (!sealing && call.in.size < TAG_SIZE) return boolean(env, false);
  const size_t size = sealing ? call.in.size + TAG_SIZE : call.in.size - TAG_SIZE;
  if (!one_shot_has_room(&call, size)) return type_error(env, room_expected);
  job *j = job_new(keyed, &call, sealing);
  if (j != NULL && job_start(env, j, arguments, &promise)) return promise;
  if (j != NULL) job_free(env, j);
  return failure(env, "out of memory");
}

// aeadSealAsync(key, nonce, aad, plaintext, into): a promise of true
static napi_value seal_later(napi_env env, napi_callback_info info) { return run_later(env, info, true); }

// aeadOpenAsync(key, nonce, aad, sealed, into): a promise of whether it is authentic; false at once when it has no tag
static napi_value open_later(napi_env env, napi_callback_info info) { return run_later(env, info, false); }

bool aead_async_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "aeadSealAsync", seal_later) &&
         export_function(env, exports, "aeadOpenAsync", open_later);
}
