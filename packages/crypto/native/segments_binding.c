#include "segments_binding.h"

#include <stdlib.h>
#include <string.h>

#include "key_table_binding.h"
#include "segments.h"

typedef struct {
  segment_run run;
  bytes aad, in, into;
  bool sealing;
} segment_call;

// (key, aad, firstIndex, in, segmentSize, last, into)
static bool read_call(napi_env env, napi_value a[7], const keyed_cipher *k, segment_call *call) {
  uint64_t size;
  if (!value_bytes(env, a[1], &call->aad) || !value_uint(env, a[2], (uint64_t)1 << 53, &call->run.first_index) ||
      !value_bytes(env, a[3], &call->in) || !value_uint(env, a[4], (uint64_t)1 << 30, &size) || size == 0 ||
      !value_bool(env, a[5], &call->run.last) || !value_bytes(env, a[6], &call->into))
    return false;
  call->run.cipher = k->cipher;
  call->run.key = k->key;
  call->run.aad = (span){call->aad.data, call->aad.size};
  call->run.segment_size = (size_t)size;
  return true;
}

static const char expected[] =
    "expected associated data, an index, bytes, a segment size, whether the last is among them, and room for it all";

// Bytes of the result. False when the input is cut within a tag.
static bool result_size(const segment_call *call, size_t *size) {
  const size_t step = call->run.segment_size + (call->sealing ? 0 : TAG_SIZE);
  const size_t tags = segment_run_count(&call->run, call->in.size, step) * TAG_SIZE;
  if (!call->sealing && call->in.size < tags) return false;
  *size = call->sealing ? call->in.size + tags : call->in.size - tags;
  return true;
}

static bool has_room(const segment_call *call, size_t needed) {
  return call->into.size >= needed && apart(call->in.data, call->in.size, call->into.data, needed) &&
         apart(call->aad.data, call->aad.size, call->into.data, needed);
}

static bool run(const segment_call *call) {
  const span in = {call->in.data, call->in.size};
  return (call->sealing ? segments_seal : segments_open)(&call->run, in, call->into.data);
}

// Reads and checks the arguments. When there is nothing to run it throws or answers what to return in `result`.
static bool ready(napi_env env, napi_value arguments[7], segment_call *call, napi_value *result) {
  size_t size;
  const keyed_cipher *k = key_numbered(env, arguments[0]);
  *result = NULL;
  if (k == NULL) return false;
  if (!read_call(env, arguments, k, call)) return type_error(env, expected), false;
  if (!result_size(call, &size)) return *result = boolean(env, false), false;
  if (!has_room(call, size)) return type_error(env, expected), false;
  return true;
}

static napi_value run_now(napi_env env, napi_callback_info info, bool sealing) {
  TAKE_ARGUMENTS(env, info, 7);
  segment_call call = {.sealing = sealing};
  napi_value result;
  if (!ready(env, arguments, &call, &result)) return result;
  return boolean(env, run(&call));
}

// segmentsSeal(key, aad, firstIndex, plaintext, segmentSize, last, into): true
static napi_value segments_seal_now(napi_env env, napi_callback_info info) { return run_now(env, info, true); }

// segmentsOpen(key, aad, firstIndex, sealed, segmentSize, last, into): whether all are authentic
static napi_value segments_open_now(napi_env env, napi_callback_info info) { return run_now(env, info, false); }

// A call that runs on a thread of libuv's pool, with its own copy of the key and of the associated data, while the
// references keep the memory alive.
typedef struct {
  segment_call call;
  bool ok;
  uint8_t *aad;
  napi_ref in, into;
  napi_async_work work;
  napi_deferred deferred;
} job;

static void job_free(napi_env env, job *j) {
  j->call.run.cipher->key_free(j->call.run.key);
  free(j->aad);
  if (j->in != NULL) napi_delete_reference(env, j->in);
  if (j->into != NULL) napi_delete_reference(env, j->into);
  if (j->work != NULL) napi_delete_async_work(env, j->work);
  free(j);
}

static void job_execute(napi_env env, void *data) {
  (void)env;
  job *j = data;
  j->ok = run(&j->call);
}

static void job_complete(napi_env env, napi_status status, void *data) {
  (void)status;
  job *j = data;
  napi_resolve_deferred(env, j->deferred, boolean(env, j->ok));
  job_free(env, j);
}

static job *job_new(const segment_call *call) {
  job *j = calloc(1, sizeof *j);
  if (j == NULL) return NULL;
  j->call = *call;
  j->aad = malloc(call->aad.size + 1);
  j->call.run.key = call->run.cipher->key_copy(call->run.key);
  if (j->aad == NULL || j->call.run.key == NULL) return j;
  if (call->aad.size > 0) memcpy(j->aad, call->aad.data, call->aad.size);
  j->call.run.aad.data = j->aad;
  return j;
}

static bool job_start(napi_env env, job *j, napi_value arguments[7], napi_value *promise) {
  napi_value name;
  return j->aad != NULL && j->call.run.key != NULL && napi_create_reference(env, arguments[3], 1, &j->in) == napi_ok &&
         napi_create_reference(env, arguments[6], 1, &j->into) == napi_ok &&
         napi_create_string_utf8(env, "hufu:segments", NAPI_AUTO_LENGTH, &name) == napi_ok &&
         napi_create_async_work(env, NULL, name, job_execute, job_complete, j, &j->work) == napi_ok &&
         napi_create_promise(env, &j->deferred, promise) == napi_ok &&
         napi_queue_async_work(env, j->work) == napi_ok;
}

static napi_value run_later(napi_env env, napi_callback_info info, bool sealing) {
  TAKE_ARGUMENTS(env, info, 7);
  segment_call call = {.sealing = sealing};
  napi_value result;
  if (!ready(env, arguments, &call, &result)) return result;
  job *j = job_new(&call);
  if (j != NULL && job_start(env, j, arguments, &result)) return result;
  if (j != NULL) job_free(env, j);
  return failure(env, "out of memory");
}

// As segmentsSeal and segmentsOpen, with a promise of the result.
static napi_value segments_seal_later(napi_env env, napi_callback_info info) { return run_later(env, info, true); }
static napi_value segments_open_later(napi_env env, napi_callback_info info) { return run_later(env, info, false); }

bool segments_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "segmentsSeal", segments_seal_now) &&
         export_function(env, exports, "segmentsOpen", segments_open_now) &&
         export_function(env, exports, "segmentsSealAsync", segments_seal_later) &&
         export_function(env, exports, "segmentsOpenAsync", segments_open_later);
}
