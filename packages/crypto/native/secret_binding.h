#ifndef HUFU_SECRET_BINDING_H
#define HUFU_SECRET_BINDING_H

#include "values.h"

// Adds secretMemory to the exports.
bool secret_register(napi_env env, napi_value exports);

#endif
