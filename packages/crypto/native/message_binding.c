#include "message_binding.h"

#include "key_table_binding.h"
#include "message.h"

// (hash: 0 for SHA-256 and AES, 1 for SM3 and SM4; dataKey; at, headerSize, textSize in the small memory)
static bool read_call(napi_env env, const napi_value arguments[], message *m) {
  uint64_t hash;
  bytes key;
  uint32_t at, header_size, text_size;
  if (!value_uint(env, arguments[0], HASH_SM3, &hash) || !value_bytes(env, arguments[1], &key) ||
      napi_get_value_uint32(env, arguments[2], &at) != napi_ok ||
      napi_get_value_uint32(env, arguments[3], &header_size) != napi_ok ||
      napi_get_value_uint32(env, arguments[4], &text_size) != napi_ok)
    return false;
  const bytes memory = small_memory(env);
  *m = (message){
      .cipher = hash == HASH_SM3 ? &sm4_gcm : &aes_256_gcm,
      .hash = (hash_name)hash,
      .data_key = {key.data, key.size},
      .bytes = memory.data + at,
      .header_size = header_size,
      .text_size = text_size,
  };
  return (uint64_t)at + header_size + HASH_SIZE + text_size + TAG_SIZE <= memory.size && message_valid(m);
}

static const char expected[] = "expected a message of one segment in the memory for small values";

// messageSealSmall(hash, dataKey, at, headerSize, textSize, drawSalt)
static napi_value seal_small(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 6);
  message m;
  bool draw_salt;
  if (!read_call(env, arguments, &m) || !value_bool(env, arguments[5], &draw_salt))
    return type_error(env, expected);
  return message_seal(&m, draw_salt) ? NULL : failure(env, "sealing failed");
}

// messageOpenSmall(hash, dataKey, at, headerSize, textSize): whether header and text are authentic
static napi_value open_small(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 5);
  message m;
  if (!read_call(env, arguments, &m)) return type_error(env, expected);
  return boolean(env, message_open(&m));
}

bool message_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "messageSealSmall", seal_small) &&
         export_function(env, exports, "messageOpenSmall", open_small);
}
