#include "secret_binding.h"

#include <stdint.h>

#include "secret_memory.h"

#define LARGEST ((uint64_t)1 << 30)

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  secret_free(data, (size_t)(uintptr_t)hint);
}

// secretMemory(size): a zeroed ArrayBuffer over memory for keys, which is zeroised when it is collected and at exit;
// null where memory is short or this Node allows no memory but its own
static napi_value secret_memory(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 1);
  uint64_t size;
  napi_value buffer = NULL;
  if (!value_uint(env, arguments[0], LARGEST, &size) || size == 0)
    return type_error(env, "expected a size of 1 byte to 1 GiB");
  void *memory = secret_alloc((size_t)size);
  void *hint = (void *)(uintptr_t)size;
  if (memory != NULL && napi_create_external_arraybuffer(env, memory, (size_t)size, finalize, hint, &buffer) == napi_ok)
    return buffer;
  secret_free(memory, (size_t)size);
  napi_get_null(env, &buffer);
  return buffer;
}

bool secret_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "secretMemory", secret_memory);
}
