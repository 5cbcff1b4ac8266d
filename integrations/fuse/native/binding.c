#include "binding.h"
#include "volume.h"
#include <errno.h>
#include <string.h>

napi_value binding_number(napi_env env, int64_t value) {
  napi_value result;
  napi_create_int64(env, value, &result);
  return result;
}

bool binding_text(napi_env env, napi_value value, char *text, size_t room) {
  size_t size;
  return napi_get_value_string_utf8(env, value, text, room, &size) == napi_ok && size + 1 < room;
}

bool binding_bytes(napi_env env, napi_value value, uint8_t *bytes, size_t size) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok || type != napi_uint8_array || length != size) return false;
  memcpy(bytes, data, size);
  return true;
}

// Name, content, value, journal, reverse and integrity key, one behind the other.
int binding_keys(napi_env env, napi_value bytes) {
  uint8_t keys[64 + 32 + 32 + 32 + 32 + 32];
  bool ok = binding_bytes(env, bytes, keys, sizeof keys);
  pthread_rwlock_wrlock(&volume.keys_lock);
  memcpy(volume.keys.name, keys, 64);
  memcpy(volume.keys.content, keys + 64, 32);
  memcpy(volume.keys.value, keys + 96, 32);
  memcpy(volume.keys.journal, keys + 128, 32);
  memcpy(volume.keys.reverse, keys + 160, 32);
  memcpy(volume.keys.integrity, keys + 192, 32);
  volume.keys.present = ok;
  pthread_rwlock_unlock(&volume.keys_lock);
  explicit_bzero(keys, sizeof keys);
  return ok ? 0 : -EINVAL;
}
