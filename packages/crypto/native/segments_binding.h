#ifndef HUFU_SEGMENTS_BINDING_H
#define HUFU_SEGMENTS_BINDING_H

#include "values.h"

// Adds segmentsSeal, segmentsOpen, segmentsSealAsync and segmentsOpenAsync to the exports.
bool segments_register(napi_env env, napi_value exports);

#endif
