// The keys of one JavaScript environment (the main thread or a worker), each under a number, and the memory in which
// small values are sealed and opened without a look at any other JavaScript object.
#ifndef HUFU_KEY_TABLE_H
#define HUFU_KEY_TABLE_H

#include "values.h"

typedef struct {
  const cipher *cipher;
  cipher_key *key;
} keyed_cipher;

// The key under that number, or null (and an exception) where there is none, or no more.
const keyed_cipher *key_numbered(napi_env env, napi_value number);

// The memory that `memoryUse` named last; no bytes before that.
bytes small_memory(napi_env env);

// Adds keyNew, keyFree and memoryUse to the exports.
bool key_table_register(napi_env env, napi_value exports);

#endif
