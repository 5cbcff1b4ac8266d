#include "values.h"

#include <math.h>

// `size` in elements.
static bool array_of(napi_env env, napi_value value, napi_typedarray_type expected, void **data, size_t *size) {
  bool is = false, detached = false;
  napi_typedarray_type type;
  napi_value buffer;
  if (napi_is_typedarray(env, value, &is) != napi_ok || !is) return false;
  if (napi_get_typedarray_info(env, value, &type, size, data, &buffer, NULL) != napi_ok) return false;
  return type == expected && napi_is_arraybuffer(env, buffer, &is) == napi_ok && is &&
         (*size > 0 || (napi_is_detached_arraybuffer(env, buffer, &detached) == napi_ok && !detached));
}

bool value_bytes(napi_env env, napi_value value, bytes *out) {
  return array_of(env, value, napi_uint8_array, (void **)&out->data, &out->size);
}

bool value_words(napi_env env, napi_value value, words *out) {
  return array_of(env, value, napi_uint32_array, (void **)&out->data, &out->count);
}

bool value_uint(napi_env env, napi_value value, uint64_t max, uint64_t *out) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!(number >= 0) || number > (double)max || number != floor(number)) return false;
  *out = (uint64_t)number;
  return true;
}

bool value_bool(napi_env env, napi_value value, bool *out) { return napi_get_value_bool(env, value, out) == napi_ok; }

bool apart(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size) {
  return a_size == 0 || b_size == 0 || a + a_size <= b || b + b_size <= a;
}

bool in_place_or_apart(const uint8_t *in, size_t in_size, const uint8_t *out, size_t out_size) {
  return in == out || apart(in, in_size, out, out_size);
}

napi_value type_error(napi_env env, const char *message) {
  napi_throw_type_error(env, NULL, message);
  return NULL;
}

napi_value failure(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

napi_value boolean(napi_env env, bool value) {
  napi_value result = NULL;
  napi_get_boolean(env, value, &result);
  return result;
}

bool export_function(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value) == napi_ok &&
         napi_set_named_property(env, exports, name, value) == napi_ok;
}
