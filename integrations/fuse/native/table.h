// A hash table of items that begin with a 16-byte key, which is random or a hash and never zero.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_KEY 16

struct table {
  size_t item, used, room; // bytes of an item, how many there are, and for how many there is memory (a power of two)
  uint8_t *slots;
};

// The item, or null. It stands there until the next change of the table.
void *table_find(const struct table *table, const uint8_t key[TABLE_KEY]);
// The item of the key, made of zeros where it is new; null when memory is short.
void *table_put(struct table *table, const uint8_t key[TABLE_KEY]);
void table_remove(struct table *table, const uint8_t key[TABLE_KEY]);
// The next item from `*at` on, which is moved behind it; null at the end.
void *table_next(const struct table *table, size_t *at);
void table_clear(struct table *table);
