#include "table.h"
#include <stdlib.h>
#include <string.h>

static const uint8_t none[TABLE_KEY];

static uint8_t *slot(const struct table *table, size_t i) { return table->slots + (i & (table->room - 1)) * table->item; }
static bool is_free(const uint8_t *item) { return memcmp(item, none, TABLE_KEY) == 0; }

static size_t home(const struct table *table, const uint8_t *key) {
  uint64_t hash;
  memcpy(&hash, key, sizeof hash);
  return (size_t)hash & (table->room - 1);
}

// Where the key stands, or the free slot where it would.
static size_t seek(const struct table *table, const uint8_t *key) {
  size_t i = home(table, key);
  while (!is_free(slot(table, i)) && memcmp(slot(table, i), key, TABLE_KEY) != 0) i = (i + 1) & (table->room - 1);
  return i;
}

void *table_find(const struct table *table, const uint8_t key[TABLE_KEY]) {
  if (table->room == 0) return NULL;
  uint8_t *item = slot(table, seek(table, key));
  return is_free(item) ? NULL : item;
}

static bool grow(struct table *table) {
  struct table larger = {.item = table->item, .used = table->used, .room = table->room ? table->room * 2 : 64};
  if (!(larger.slots = calloc(larger.room, larger.item))) return false;
  for (size_t i = 0; i < table->room; i++)
    if (!is_free(slot(table, i))) memcpy(slot(&larger, seek(&larger, slot(table, i))), slot(table, i), table->item);
  free(table->slots);
  *table = larger;
  return true;
}

void *table_put(struct table *table, const uint8_t key[TABLE_KEY]) {
  if (table->used * 4 >= table->room * 3 && !grow(table)) return NULL;
  uint8_t *item = slot(table, seek(table, key));
  if (is_free(item)) {
    memcpy(item, key, TABLE_KEY);
    table->used++;
  }
  return item;
}

// What stands behind moves up, so that no search ends at the gap too early.
void table_remove(struct table *table, const uint8_t key[TABLE_KEY]) {
  if (!table_find(table, key)) return;
  const size_t mask = table->room - 1;
  size_t gap = seek(table, key);
  for (size_t i = (gap + 1) & mask; !is_free(slot(table, i)); i = (i + 1) & mask) {
    size_t from = home(table, slot(table, i));
    if (((i - from) & mask) < ((i - gap) & mask)) continue; // its home lies behind the gap
    memcpy(slot(table, gap), slot(table, i), table->item);
    gap = i;
  }
  memset(slot(table, gap), 0, table->item);
  table->used--;
}

void *table_next(const struct table *table, size_t *at) {
  while (*at < table->room) {
    uint8_t *item = slot(table, (*at)++);
    if (!is_free(item)) return item;
  }
  return NULL;
}

void table_clear(struct table *table) {
  free(table->slots);
  *table = (struct table){.item = table->item};
}
