#include "cell_binding.h"

#include <string.h>

#include "cell.h"
#include "hmac.h"
#include "key_table_binding.h"
#include "wipe.h"

typedef struct {
  const keyed_cipher *keyed;
  uint8_t *cell;
  size_t head_size, text_size;
  span place;
} seal_call;

static bool read_sizes(napi_env env, const napi_value arguments[], uint32_t sizes[4]) {
  for (int i = 0; i < 4; i++)
    if (napi_get_value_uint32(env, arguments[i], &sizes[i]) != napi_ok) return false;
  return true;
}

// (key, at, headSize, textSize, placeSize): at `at` in the small memory are head, text, room for the tag, place.
static bool read_seal(napi_env env, const napi_value arguments[5], seal_call *c) {
  uint32_t sizes[4];
  c->keyed = key_numbered(env, arguments[0]);
  if (c->keyed == NULL) return false;
  const bytes memory = small_memory(env);
  if (!read_sizes(env, arguments + 1, sizes) || (sizes[1] != CELL_HEAD_MIN && sizes[1] != CELL_HEAD_MAX) ||
      sizes[3] > CELL_PLACE_MAX || (uint64_t)sizes[0] + sizes[1] + sizes[2] + TAG_SIZE + sizes[3] > memory.size) {
    type_error(env, "expected a cell in the memory for small values");
    return false;
  }
  c->cell = memory.data + sizes[0];
  c->head_size = sizes[1];
  c->text_size = sizes[2];
  c->place = (span){c->cell + c->head_size + c->text_size + TAG_SIZE, sizes[3]};
  return true;
}

static const char index_label[] = "hufu/cell/index";

static bool write_index(hash_name hash, span key, const seal_call *c) {
  uint8_t tag[HASH_SIZE];
  const span parts[] = {{(const uint8_t *)index_label, sizeof index_label - 1}, {c->cell + c->head_size, c->text_size}};
  if (!hmac(hash, key, parts, 2, tag)) return false;
  memcpy(c->cell + 1, tag, CELL_INDEX_SIZE);
  wipe(tag, HASH_SIZE);
  return true;
}

// cellSealSmall(key, at, headSize, textSize, placeSize[, hash, indexKey]): with the last two the text's blind index is
// written to the head, which must have room for one.
static napi_value cell_seal_small(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 7);
  seal_call c;
  if (!read_seal(env, arguments, &c)) return NULL;
  if (argument_count > 5) {
    uint64_t hash;
    bytes key;
    if (c.head_size != CELL_HEAD_MAX || !value_uint(env, arguments[5], HASH_SM3, &hash) ||
        !value_bytes(env, arguments[6], &key))
      return type_error(env, "expected a head with an index, a hash and an index key");
    if (!write_index((hash_name)hash, (span){key.data, key.size}, &c)) return failure(env, "HMAC failed");
  }
  return cell_seal(c.keyed->cipher, c.keyed->key, c.cell, c.head_size, c.text_size, c.place)
             ? NULL
             : failure(env, "sealing failed");
}

// Bytes of the largest cell that is opened from text here; what is larger costs so much that calls don't matter.
#define TEXT_CELL_MAX 8192

typedef struct {
  char hex[2 + 2 * TEXT_CELL_MAX + 1];
  uint8_t cell[TEXT_CELL_MAX], text[TEXT_CELL_MAX];
} workplace;

// What a character is as a digit, less one: zero is no digit. What is read here is ciphertext, so a table may be.
static const uint8_t digits[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

// `\x` and two digits a byte: as PostgreSQL prints bytes. False for anything else.
static bool from_hex(const char *hex, size_t size, uint8_t *out) {
  if (size < 2 || size % 2 != 0 || hex[0] != '\\' || hex[1] != 'x') return false;
  bool ok = true;
  for (size_t i = 2; i < size; i += 2) {
    const unsigned high = digits[(uint8_t)hex[i]], low = digits[(uint8_t)hex[i + 1]];
    ok &= high != 0 && low != 0;
    *out++ = (uint8_t)((high - 1) << 4 | (low - 1));
  }
  return ok;
}

static bool is_ascii(const uint8_t *text, size_t size) {
  uint8_t all = 0;
  for (size_t i = 0; i < size; i++) all |= text[i];
  return all < 0x80;
}

static napi_status create_text(napi_env env, const uint8_t *text, size_t size, napi_value *out) {
  return is_ascii(text, size) ? napi_create_string_latin1(env, (const char *)text, size, out)
                              : napi_create_string_utf8(env, (const char *)text, size, out);
}

// One of the texts becomes what its cell holds. False when it is no cell of the run, or not authentic.
static bool open_text(napi_env env, const cell_run *run, napi_value array, uint32_t i, workplace *w) {
  napi_value item, opened;
  size_t length, size;
  return napi_get_element(env, array, i, &item) == napi_ok &&
         napi_get_value_string_latin1(env, item, w->hex, sizeof w->hex, &length) == napi_ok &&
         length <= 2 + 2 * TEXT_CELL_MAX && from_hex(w->hex, length, w->cell) &&
         cell_open(run, (span){w->cell, (length - 2) / 2}, w->text, &size) &&
         create_text(env, w->text, size, &opened) == napi_ok && napi_set_element(env, array, i, opened) == napi_ok;
}

static bool open_texts(napi_env env, const cell_run *run, napi_value array, uint32_t count) {
  workplace w;
  bool ok = true;
  for (uint32_t i = 0; ok && i < count; i++) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
    ok = open_text(env, run, array, i, &w);
    napi_close_handle_scope(env, scope);
  }
  wipe(w.text, sizeof w.text);
  return ok;
}

// cellOpenTexts(key, kind, fixed, place, cells): the texts of bytes in the array become the texts that they hold.
// False when one is no cell of that column, data key, session and place; the array is then not to be used.
static napi_value cell_open_texts(napi_env env, napi_callback_info info) {
  TAKE_ARGUMENTS(env, info, 5);
  uint64_t kind;
  uint32_t count;
  bytes fixed, place;
  const keyed_cipher *k = key_numbered(env, arguments[0]);
  if (k == NULL) return NULL;
  if (!value_uint(env, arguments[1], 0xff, &kind) || !value_bytes(env, arguments[2], &fixed) ||
      fixed.size != CELL_FIXED_SIZE || !value_bytes(env, arguments[3], &place) || place.size > CELL_PLACE_MAX ||
      napi_get_array_length(env, arguments[4], &count) != napi_ok)
    return type_error(env, "expected a kind, 32 bytes that the cells have in common, a place and an array of texts");
  const cell_run run = {k->cipher, k->key, (uint8_t)kind, fixed.data, {place.data, place.size}};
  return boolean(env, open_texts(env, &run, arguments[4], count));
}

bool cell_register(napi_env env, napi_value exports) {
  return export_function(env, exports, "cellSealSmall", cell_seal_small) &&
         export_function(env, exports, "cellOpenTexts", cell_open_texts);
}
