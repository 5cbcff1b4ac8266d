// Names and targets of links, to TypeScript: for a process that has the volume's keys.
#include "base64url.h"
#include "binding.h"
#include "name.h"
#include "value.h"
#include <string.h>

// openName(directoryId, sealedName): the name's bytes, or null when it is not authentic there
static napi_value open_name(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  uint8_t id[DIR_ID_SIZE];
  char sealed[NAME_MAX_SEALED + 2], plain[NAME_MAX_PLAIN + 2];
  napi_value result;
  napi_get_null(env, &result);
  if (!binding_bytes(env, arguments[0], id, sizeof id) || !binding_text(env, arguments[1], sealed, sizeof sealed)) return result;
  int size = name_open(id, sealed, plain);
  if (size > 0) napi_create_buffer_copy(env, (size_t)size, plain, NULL, &result);
  return result;
}

// backingName(directoryId, name): where that name stands in the directory
static napi_value backing_name(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  uint8_t id[DIR_ID_SIZE];
  void *plain;
  size_t size;
  struct name name;
  napi_value result;
  napi_get_null(env, &result);
  if (!binding_bytes(env, arguments[0], id, sizeof id) || napi_get_buffer_info(env, arguments[1], &plain, &size) != napi_ok) return result;
  if (name_seal(id, plain, size, &name) == 0) napi_create_string_utf8(env, name.backing, NAPI_AUTO_LENGTH, &result);
  return result;
}

// openTarget(text): whether a symlink's sealed target is authentic
static napi_value open_target(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char text[PATH_MAX + 1];
  uint8_t sealed[PATH_MAX + 3], plain[PATH_MAX];
  napi_value result;
  bool ok = binding_text(env, arguments[0], text, sizeof text);
  ssize_t size = ok ? base64url_decode(text, strlen(text), sealed) : -1;
  ok = size >= VALUE_OVERHEAD && value_open(SYMLINK_PURPOSE, sealed, (size_t)size, plain) == 0;
  napi_get_boolean(env, ok, &result);
  return result;
}

bool name_functions(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"openName", NULL, open_name, NULL, NULL, NULL, napi_default, NULL},
      {"backingName", NULL, backing_name, NULL, NULL, NULL, napi_default, NULL},
      {"openTarget", NULL, open_target, NULL, NULL, NULL, napi_default, NULL},
  };
  return napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) == napi_ok;
}
