#include "integrity_chain.h"
#include "suite.h"
#include <endian.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <string.h>

static int mac_of(const uint8_t before[RECORD_MAC], const struct record *record, uint8_t mac[RECORD_MAC]) {
  uint8_t text[RECORD_MAC + RECORD_TEXT], whole[32];
  unsigned length = sizeof whole;
  memcpy(text, before, RECORD_MAC);
  memcpy(text + RECORD_MAC, record, RECORD_TEXT);
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool present = volume.keys.present;
  bool ok = present && HMAC(suite_hash(), volume.keys.integrity, sizeof volume.keys.integrity, text, sizeof text, whole, &length);
  pthread_rwlock_unlock(&volume.keys_lock);
  memcpy(mac, whole, RECORD_MAC);
  return ok ? 0 : present ? -EIO : -EACCES;
}

int chain_seal(const struct chain *chain, struct record *record) {
  record->sequence = htobe64(chain->sequence + 1);
  return mac_of(chain->mac, record, record->mac);
}

void chain_follow(struct chain *chain, const struct record *record) {
  memcpy(chain->mac, record->mac, RECORD_MAC);
  chain->sequence = be64toh(record->sequence);
}

size_t chain_authentic(struct chain *chain, const struct record *records, size_t count) {
  uint8_t mac[RECORD_MAC];
  size_t i = 0;
  for (; i < count && mac_of(chain->mac, &records[i], mac) == 0 && CRYPTO_memcmp(mac, records[i].mac, RECORD_MAC) == 0; i++) chain_follow(chain, &records[i]);
  return i;
}
