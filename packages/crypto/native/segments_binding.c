#include "segments_binding.h"

#include <stdlib.h>
#include <string.h>

#include "key_table_binding.h"
#include "shared_segments.h"

#define ARGUMENTS 8

typedef struct {
  segment_run run;
  bytes aad, head, in, into;
  bool sealing, shared;
} segment_call;

// A whole segment, with others behind it, or nothing.
static bool head_fits(const segment_call *call) {
  const size_t step = call->run.segment_size + (call->sealing ? 0 : TAG_SIZE);
  return call->head.size == 0 || (call->head.size == step && call->in.size > 0);
}

// (key, aad, firstIndex, head, in, segmentSize, last, into)
static bool read_call(napi_env env, napi_value a[ARGUMENTS], const keyed_cipher *k, segment_call *call) {
  uint64_t size;
  if (!value_bytes(env, a[1], &call->aad) || !value_uint(env, a[2], (uint64_t)1 << 53, &call->run.first_index) ||
      !value_bytes(env, a[3], &call->head) || !value_bytes(env, a[4], &call->in) ||
      !value_uint(env, a[5], (uint64_t)1 << 30, &size) || size == 0 || !value_bool(env, a[6], &call->run.last) ||
      !value_bytes(env, a[7], &call->into))
    return false;
  call->run.cipher = k->cipher;
  call->run.key = k->key;
  call->run.aad = (span){call->aad.data, call->aad.size};
  call->run.head = (span){call->head.data, call->head.size};
  call->run.segment_size = (size_t)size;
  return head_fits(call);
}

static const char expected[] =
    "expected associated data, an index, a whole segment or none, bytes, a segment size, whether the last is among them, "
    "and room for it all";

// Bytes of the result. False when the input is cut within a tag.
static bool result_size(const segment_call *call, size_t *size) {
  const size_t step = call->run.segment_size + (call->sealing ? 0 : TAG_SIZE);
  const size_t tags = segment_run_count(&call->run, call->in.size, step) * TAG_SIZE;
  const size_t all = call->head.size + call->in.size;
  if (!call->sealing && all < tags) return false;
  *size = call->sealing ? all + tags : all - tags;
  return true;
}

static bool has_room(const segment_call *call, size_t needed) {
  return call->into.size >= needed && apart(call->in.data, call->in.size, call->into.data, needed) &&
         apart(call->head.data, call->head.size, call->into.data, needed) &&
         apart(call->aad.data, call->aad.size, call->into.data, needed);
}

static bool run(const segment_call *call) {
  const span in = {call->in.data, call->in.size};
  bool (*const alone)(const segment_run *, span, uint8_t *) = call->sealing ? segments_seal : segments_open;
  bool (*const shared)(const segment_run *, span, uint8_t *) = call->sealing ? shared_segments_seal : shared_segments_open;
  return (call->shared ? shared : alone)(&call->run, in, call->into.data);
}

// Reads and checks the arguments. When there is nothing to run it throws or answers what to return in `result`.
static bool ready(napi_env env, napi_value arguments[ARGUMENTS], segment_call *call, napi_value *result) {
  size_t size;
  const keyed_cipher *k = key_numbered(env, arguments[0]);
  *result = NULL;
  if (k == NULL) return false;
  if (!read_call(env, arguments, k, call)) return type_error(env, expected), false;
  if (!result_size(call, &size)) return *result = boolean(env, false), false;
  if (!has_room(call, size)) return type_error(env, expected), false;
  return true;
}

static napi_value run_now(napi_env env, napi_callback_info info, segment_call call) {
  TAKE_ARGUMENTS(env, info, ARGUMENTS);
  napi_value result;
  if (!ready(env, arguments, &call, &result)) return result;
  return boolean(env, run(&call));
}

// segmentsSeal(key, aad, firstIndex, head, plaintext, segmentSize, last, into): true
static napi_value segments_seal_now(napi_env env, napi_callback_info info) {
  return run_now(env, info, (segment_call){.sealing = true});
}

// segmentsOpen(key, aad, firstIndex, head, sealed, segmentSize, last, into): whether all are authentic
static napi_value segments_open_now(napi_env env, napi_callback_info info) {
  return run_now(env, info, (segment_call){.sealing = false});
}

// segmentsSealShared, segmentsOpenShared: as those, by this thread and others together
static napi_value segments_seal_shared(napi_env env, napi_callback_info info) {
  return run_now(env, info, (segment_call){.sealing = true, .shared = true});
}
static napi_value segments_open_shared(napi_env env, napi_callback_info info) {
  return run_now(env, info, (segment_call){.sealing = false, .shared = true});
}

// A call that runs on a thread of libuv's pool, with its own copy of the key and of the associated data, while the
// references keep the memory alive.
typedef struct {
  segment_call call;
  bool ok;
  uint8_t *aad;
  napi_ref head, in, into;
  napi_async_work work;
  napi_deferred deferred;
} job;

static void job_free(napi_env env, job *j) {
  j->call.run.cipher->key_free(j->call.run.key);
  free(j->aad);
  if (j->head != NULL) napi_delete_reference(env, j->head);
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

static bool job_start(napi_env env, job *j, napi_value arguments[ARGUMENTS], napi_value *promise) {
  napi_value name;
  return j->aad != NULL && j->call.run.key != NULL && napi_create_reference(env, arguments[3], 1, &j->head) == napi_ok &&
         napi_create_reference(env, arguments[4], 1, &j->in) == napi_ok &&
         napi_create_reference(env, arguments[7], 1, &j->into) == napi_ok &&
         napi_create_string_utf8(env, "hufu:segments", NAPI_AUTO_LENGTH, &name) == napi_ok &&
         napi_create_async_work(env, NULL, name, job_execute, job_complete, j, &j->work) == napi_ok &&
         napi_create_promise(env, &j->deferred, promise) == napi_ok &&
         napi_queue_async_work(env, j->work) == napi_ok;
}

static napi_value run_later(napi_env env, napi_callback_info info, bool sealing) {
  TAKE_ARGUMENTS(env, info, ARGUMENTS);
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
         export_function(env, exports, "segmentsSealShared", segments_seal_shared) &&
         export_function(env, exports, "segmentsOpenShared", segments_open_shared) &&
         export_function(env, exports, "segmentsSealAsync", segments_seal_later) &&
         export_function(env, exports, "segmentsOpenAsync", segments_open_later);
}
