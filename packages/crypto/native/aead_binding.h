#ifndef HUFU_AEAD_BINDING_H
#define HUFU_AEAD_BINDING_H

#include "values.h"

// Adds aeadNew, aeadFree, aeadSeal, aeadOpen, segmentsSeal and segmentsOpen to the exports.
bool aead_register(napi_env env, napi_value exports);

#endif
