// The server's log to TypeScript.
#include "binding.h"
#include "log.h"
#include <errno.h>
#include <stdlib.h>

static napi_threadsafe_function log_callback;

static void call_log(napi_env env, napi_value callback, void *context, void *data) {
  napi_value undefined, line;
  (void)context;
  if (env) {
    napi_get_undefined(env, &undefined);
    napi_create_string_utf8(env, data, NAPI_AUTO_LENGTH, &line);
    napi_call_function(env, undefined, callback, 1, &line, NULL);
  }
  free(data);
}

// A log that is full loses lines: whoever serves must not wait.
static void log_sink(char *line) {
  if (napi_call_threadsafe_function(log_callback, line, napi_tsfn_nonblocking) != napi_ok) free(line);
}

// log(callback): each line of the server's log, from now on
static napi_value set_log(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  napi_value name;
  log_to(NULL);
  napi_create_string_utf8(env, "hufu volume log", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, arguments[0], NULL, name, 256, 1, NULL, NULL, NULL, call_log, &log_callback) != napi_ok) return binding_number(env, -ENOMEM);
  napi_unref_threadsafe_function(env, log_callback);
  log_to(log_sink);
  return binding_number(env, 0);
}

bool log_functions(napi_env env, napi_value exports) {
  const napi_property_descriptor function = {"log", NULL, set_log, NULL, NULL, NULL, napi_default, NULL};
  return napi_define_properties(env, exports, 1, &function) == napi_ok;
}
