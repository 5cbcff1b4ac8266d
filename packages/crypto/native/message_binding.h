#ifndef HUFU_MESSAGE_BINDING_H
#define HUFU_MESSAGE_BINDING_H

#include <node_api.h>
#include <stdbool.h>

// Adds messageSealSmall to the exports.
bool message_register(napi_env env, napi_value exports);

#endif
