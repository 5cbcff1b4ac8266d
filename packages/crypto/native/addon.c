// The addon: each part adds its functions to the exports.
#include "aead_async_binding.h"
#include "aead_binding.h"
#include "batch_binding.h"
#include "cell_binding.h"
#include "hmac_binding.h"
#include "key_table_binding.h"
#include "message_binding.h"
#include "secret_binding.h"
#include "segments_binding.h"
#include "sm2_binding.h"

static bool (*const parts[])(napi_env env, napi_value exports) = {
    key_table_register,
    aead_register,
    aead_async_register,
    batch_register,
    cell_register,
    segments_register,
    secret_register,
    hmac_register,
    message_register,
    sm2_register,
};

NAPI_MODULE_INIT() {
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!parts[i](env, exports)) return failure(env, "the native addon could not be set up");
  return exports;
}
