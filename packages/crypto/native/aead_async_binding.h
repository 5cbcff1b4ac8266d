// aeadSealAsync and aeadOpenAsync: one value on a thread of libuv's pool.
#ifndef HUFU_AEAD_ASYNC_BINDING_H
#define HUFU_AEAD_ASYNC_BINDING_H

#include "values.h"

bool aead_async_register(napi_env env, napi_value exports);

#endif
