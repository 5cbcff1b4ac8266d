#include "key_table_binding.h"

#include <stdlib.h>
#include <string.h>

static const cipher *const ciphers[] = {
    &aes_256_gcm,
    &sm4_gcm,
    &sm4_gcm_portable,
#if defined(__x86_64__)
    &sm4_gcm_gfni,
    &sm4_gcm_aesni,
#endif
};

typedef struct table table;

// Freed when its JavaScript owner is; the key inside may be gone before.
typedef struct {
  keyed_cipher keyed;
  table *table; // null once the environment has ended
  uint32_t number;
} entry;

struct table {
  entry **entries; // by number; number 0 is none
  uint32_t *vacant;
  uint32_t size, vacant_count;
  bytes memory;
  napi_ref memory_ref;
};

static void drop_key(entry *e) {
  if (e->keyed.key == NULL) return;
  e->keyed.cipher->key_free(e->keyed.key);
  e->keyed.key = NULL;
  e->table->entries[e->number] = NULL;
  e->table->vacant[e->table->vacant_count++] = e->number;
}

static void entry_finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  entry *e = data;
  if (e->table != NULL) drop_key(e);
  free(e);
}

// At the end of the environment, which may be before its objects are finalized.
static void table_finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  table *t = data;
  for (uint32_t i = 1; i < t->size; i++) {
    entry *e = t->entries[i];
    if (e == NULL) continue;
    drop_key(e);
    e->table = NULL;
  }
  free(t->entries);
  free(t->vacant);
  free(t);
}

static table *table_of(napi_env env) {
  void *data = NULL;
  return napi_get_instance_data(env, &data) == napi_ok ? data : NULL;
}

static bool grow(table *t) {
  const uint32_t size = t->size == 0 ? 64 : 2 * t->size;
  entry **entries = realloc(t->entries, size * sizeof *entries);
  if (entries != NULL) t->entries = entries;
  uint32_t *vacant = realloc(t->vacant, size * sizeof *vacant);
  if (vacant != NULL) t->vacant = vacant;
  if (entries == NULL || vacant == NULL) return false;
  for (uint32_t i = size - 1; i >= t->size && i > 0; i--) t->entries[i] = NULL, t->vacant[t->vacant_count++] = i;
  t->entries[0] = NULL;
  t->size = size;
  return true;
}

const keyed_cipher *key_numbered(napi_env env, napi_value value) {
  uint32_t number = 0;
  const table *t = table_of(env);
  if (napi_get_value_uint32(env, value, &number) == napi_ok && number < t->size && t->entries[number] != NULL)
    return &t->entries[number]->keyed;
  type_error(env, "expected a live key, received a disposed one");
  return NULL;
}

bytes small_memory(napi_env env) { return table_of(env)->memory; }

static const cipher *cipher_named(napi_env env, napi_value value) {
  char name[32];
  size_t size;
  if (napi_get_value_string_utf8(env, value, name, sizeof name, &size) != napi_ok) return NULL;
  for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++)
    if (strcmp(ciphers[i]->name, name) == 0) return ciphers[i];
  return NULL;
}

// The entry's number as a JavaScript value, with the entry in the table and freed with its owner.
static napi_value enter(napi_env env, table *t, entry *e, napi_value owner) {
  napi_value number;
  e->number = t->vacant[t->vacant_count - 1];
  if (napi_create_uint32(env, e->number, &number) != napi_ok ||
      napi_wrap(env, owner, e, entry_finalize, NULL, NULL) != napi_ok)
    return NULL;
  t->entries[e->number] = e;
  t->vacant_count--;
  return number;
}

// keyNew(algorithm, key, owner): the number of the key, which lives until keyFree or as long as its owner
static napi_value key_new(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 3);
  table *t = table_of(env);
  const cipher *c = cipher_named(env, arguments[0]);
  bytes key;
  if (c == NULL) return type_error(env, "expected an algorithm of this addon");
  if (!value_bytes(env, arguments[1], &key) || key.size != c->key_size)
    return type_error(env, "expected a key of the algorithm's size");
  if (t->vacant_count == 0 && !grow(t)) return failure(env, "out of memory");
  entry *e = malloc(sizeof *e);
  if (e != NULL) *e = (entry){.keyed = {c, c->key_new(key.data)}, .table = t};
  napi_value number = e == NULL || e->keyed.key == NULL ? NULL : enter(env, t, e, arguments[2]);
  if (number != NULL) return number;
  if (e != NULL) c->key_free(e->keyed.key);
  free(e);
  return failure(env, "the cipher could not be set up: this processor can't run it, or memory is short");
}

// keyFree(number): zeroises the key; to use or free it again is an error
static napi_value key_free(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 1);
  const keyed_cipher *keyed = key_numbered(env, arguments[0]);
  if (keyed != NULL) drop_key((entry *)keyed);
  return NULL;
}

// memoryUse(bytes): where aeadSealSmall and aeadOpenSmall work from now on
static napi_value memory_use(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 1);
  table *t = table_of(env);
  bytes memory;
  napi_ref ref;
  if (!value_bytes(env, arguments[0], &memory)) return type_error(env, "expected a Uint8Array");
  if (napi_create_reference(env, arguments[0], 1, &ref) != napi_ok) return failure(env, "out of memory");
  if (t->memory_ref != NULL) napi_delete_reference(env, t->memory_ref);
  t->memory_ref = ref;
  t->memory = memory;
  return NULL;
}

bool key_table_register(napi_env env, napi_value exports) {
  table *t = calloc(1, sizeof *t);
  if (t == NULL || napi_set_instance_data(env, t, table_finalize, NULL) != napi_ok) {
    free(t);
    return false;
  }
  return export_function(env, exports, "keyNew", key_new) && export_function(env, exports, "keyFree", key_free) &&
         export_function(env, exports, "memoryUse", memory_use);
}
