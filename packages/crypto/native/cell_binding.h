#ifndef HUFU_CELL_BINDING_H
#define HUFU_CELL_BINDING_H

#include <node_api.h>

// Adds cellSealSmall and cellOpenTexts to the exports.
bool cell_register(napi_env env, napi_value exports);

#endif
