#ifndef HUFU_SM2_BINDING_H
#define HUFU_SM2_BINDING_H

#include <node_api.h>
#include <stdbool.h>

// Adds sm2PublicPoint, sm2Key, sm2Free, sm2Sign, sm2Verify, sm2Encrypt and sm2Decrypt to the exports.
bool sm2_register(napi_env env, napi_value exports);

#endif
