#ifndef HUFU_BATCH_BINDING_H
#define HUFU_BATCH_BINDING_H

#include "values.h"

// Adds batchSeal and batchOpen to the exports.
bool batch_register(napi_env env, napi_value exports);

#endif
