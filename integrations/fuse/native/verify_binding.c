// Verifying from TypeScript: what is cheap at once, a file's blocks on a thread of the pool.
#include "binding.h"
#include "integrity.h"
#include "lock.h"
#include "suite.h"
#include "verify.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct work {
  napi_async_work work;
  napi_deferred promise;
  char path[PATH_MAX];
  bool punch;
  struct verdict verdict;
};

static void end_verifying(void) {
  integrity_close();
  close(volume.root_fd);
  volume.root_fd = -1;
  volume.integrity = false;
  explicit_bzero(&volume.keys, sizeof volume.keys);
}

// verifyWith(suite, blockSize, keys, directory, integrity, repair): 0 or negative errno.
// For a process that serves no mount. To repair, the caller has the lock.
static napi_value verify_with(napi_env env, napi_callback_info info) {
  ARGUMENTS(6);
  int32_t suite;
  uint32_t block_size;
  char directory[PATH_MAX];
  bool repair = false;
  if (volume.root_fd >= 0) return binding_number(env, -EBUSY);
  if (napi_get_value_int32(env, arguments[0], &suite) != napi_ok || napi_get_value_uint32(env, arguments[1], &block_size) != napi_ok) return binding_number(env, -EINVAL);
  volume.suite = (uint8_t)suite;
  volume.block_size = block_size;
  napi_get_value_bool(env, arguments[4], &volume.integrity);
  napi_get_value_bool(env, arguments[5], &repair);
  if (!binding_text(env, arguments[3], directory, sizeof directory) || binding_keys(env, arguments[2])) return binding_number(env, -EINVAL);
  if ((volume.root_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) return binding_number(env, -errno);
  verify_begin(repair);
  int failed = integrity_open(volume.root_fd, !repair, 0);
  if (failed) end_verifying();
  return binding_number(env, failed);
}

// isServed(): whether a mount may have changed what is verified
static napi_value is_served(napi_env env, napi_callback_info info) {
  napi_value result;
  (void)info;
  napi_get_boolean(env, verify_is_served(), &result);
  return result;
}

// verifyEnd()
static napi_value verify_end(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  end_verifying();
  return NULL;
}

// lock(directory): a descriptor that holds the lock of a mount for writing, or negative errno
static napi_value lock_directory(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char path[PATH_MAX];
  if (!binding_text(env, arguments[0], path, sizeof path)) return binding_number(env, -EINVAL);
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int failed = fd < 0 ? -errno : lock_take(fd, false);
  if (failed && fd >= 0) close(fd);
  return binding_number(env, failed ? failed : fd);
}

static napi_value unlock_directory(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int32_t fd;
  if (napi_get_value_int32(env, arguments[0], &fd) == napi_ok) close(fd);
  return NULL;
}

static void run(napi_env env, void *data) {
  struct work *work = data;
  (void)env;
  verify_file(work->path, work->punch, &work->verdict);
}

static void set(napi_env env, napi_value object, const char *name, int64_t value) { napi_set_named_property(env, object, name, binding_number(env, value)); }

static napi_value verdict_object(napi_env env, const struct verdict *verdict) {
  napi_value object, bad;
  size_t kept = verdict->bad_count < VERIFY_BAD_MAX ? verdict->bad_count : VERIFY_BAD_MAX;
  napi_create_object(env, &object);
  napi_create_array_with_length(env, kept, &bad);
  for (size_t i = 0; i < kept; i++) napi_set_element(env, bad, (uint32_t)i, binding_number(env, (int64_t)verdict->bad[i]));
  napi_set_named_property(env, object, "bad", bad);
  set(env, object, "error", verdict->error);
  set(env, object, "header", verdict->header);
  set(env, object, "size", (int64_t)verdict->size);
  set(env, object, "blocks", (int64_t)verdict->blocks);
  set(env, object, "badCount", (int64_t)verdict->bad_count);
  set(env, object, "oldCount", (int64_t)verdict->old_count);
  set(env, object, "firstOld", (int64_t)verdict->first_old);
  set(env, object, "knownSize", verdict->known_size);
  napi_value id;
  napi_create_buffer_copy(env, FILE_ID_SIZE, verdict->id, NULL, &id);
  napi_set_named_property(env, object, "id", id);
  set(env, object, "attributes", (int64_t)verdict->attributes);
  set(env, object, "badAttributes", (int64_t)verdict->bad_attributes);
  return object;
}

static void done(napi_env env, napi_status status, void *data) {
  struct work *work = data;
  (void)status;
  napi_resolve_deferred(env, work->promise, verdict_object(env, &work->verdict));
  napi_delete_async_work(env, work->work);
  free(work);
}

// badAttributes(path): how many attributes of a directory, a link, a device are not authentic
static napi_value bad_attributes(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char path[PATH_MAX];
  static struct verdict verdict;
  if (!binding_text(env, arguments[0], path, sizeof path)) return binding_number(env, -EINVAL);
  verdict = (struct verdict){.attributes = 0};
  verify_attributes(path, &verdict);
  return binding_number(env, (int64_t)verdict.bad_attributes);
}

// verifyFile(path, punch): a promise of the verdict
static napi_value verify_async(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  napi_value promise, name;
  struct work *work = calloc(1, sizeof *work);
  if (!work || !binding_text(env, arguments[0], work->path, sizeof work->path)) {
    free(work);
    return binding_number(env, -EINVAL);
  }
  napi_get_value_bool(env, arguments[1], &work->punch);
  napi_create_promise(env, &work->promise, &promise);
  napi_create_string_utf8(env, "hufu verify", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, NULL, name, run, done, work, &work->work);
  napi_queue_async_work(env, work->work);
  return promise;
}

bool verify_functions(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"verifyWith", NULL, verify_with, NULL, NULL, NULL, napi_default, NULL},
      {"verifyEnd", NULL, verify_end, NULL, NULL, NULL, napi_default, NULL},
      {"verifyFile", NULL, verify_async, NULL, NULL, NULL, napi_default, NULL},
      {"isServed", NULL, is_served, NULL, NULL, NULL, napi_default, NULL},
      {"lock", NULL, lock_directory, NULL, NULL, NULL, napi_default, NULL},
      {"unlock", NULL, unlock_directory, NULL, NULL, NULL, napi_default, NULL},
      {"badAttributes", NULL, bad_attributes, NULL, NULL, NULL, napi_default, NULL},
  };
  return napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) == napi_ok;
}
