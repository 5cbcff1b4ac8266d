#ifndef HUFU_AEAD_BINDING_H
#define HUFU_AEAD_BINDING_H

#include "values.h"

// Adds aeadSeal, aeadOpen, aeadSealSmall and aeadOpenSmall to the exports.
// The arguments of a call for one value.
typedef struct {
  bytes nonce, aad, in, into;
} one_shot;

// Of (key, nonce, aad, in, into) all but the key.
bool read_one_shot(napi_env env, napi_value arguments[5], one_shot *call);
// Whether there is room for the result where it does not change what is still to be read.
bool one_shot_has_room(const one_shot *call, size_t needed);

extern const char one_shot_expected[], room_expected[];

bool aead_register(napi_env env, napi_value exports);

#endif
