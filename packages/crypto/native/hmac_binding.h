#ifndef HUFU_HMAC_BINDING_H
#define HUFU_HMAC_BINDING_H

#include <node_api.h>
#include <stdbool.h>

// Adds hmac and hkdfExpand to the exports.
bool hmac_register(napi_env env, napi_value exports);

#endif
