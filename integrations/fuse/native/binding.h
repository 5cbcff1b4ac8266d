// What the parts of the addon share.
#pragma once
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

#define ARGUMENTS(n)                                                              \
  napi_value arguments[n];                                                        \
  size_t argument_count = n;                                                      \
  napi_get_cb_info(env, info, &argument_count, arguments, NULL, NULL)

napi_value binding_number(napi_env env, int64_t value);
bool binding_text(napi_env env, napi_value value, char *text, size_t room);
bool binding_bytes(napi_env env, napi_value value, uint8_t *bytes, size_t size);
int binding_keys(napi_env env, napi_value bytes);
// The function that takes the server's log.
bool log_functions(napi_env env, napi_value exports);
// The functions that seal and open names and targets of links.
bool name_functions(napi_env env, napi_value exports);
// The functions that verify a volume that is not mounted here.
bool verify_functions(napi_env env, napi_value exports);
// What is known of such a volume, where it has integrity.
bool integrity_functions(napi_env env, napi_value exports);
