#ifndef HUFU_AEAD_BINDING_H
#define HUFU_AEAD_BINDING_H

#include "values.h"

// Adds aeadSeal, aeadOpen, aeadSealSmall and aeadOpenSmall to the exports.
bool aead_register(napi_env env, napi_value exports);

#endif
