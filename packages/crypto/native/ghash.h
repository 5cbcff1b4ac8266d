// GHASH (NIST SP 800-38D, 6.4) in portable C without a table or branch that depends on data.
#ifndef HUFU_GHASH_H
#define HUFU_GHASH_H

#include <stddef.h>
#include <stdint.h>

// The hash key's halves and their sum, and each of them with its bits reversed.
typedef struct {
  uint64_t high, low, sum;
  uint64_t high_reversed, low_reversed, sum_reversed;
} ghash_key;

void ghash_prepare(ghash_key *key, const uint8_t h[16]);
void ghash_update(const ghash_key *key, uint8_t hash[16], const uint8_t *data, size_t blocks);

#endif
