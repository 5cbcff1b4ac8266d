// The records of a log, each bound to the one before by its MAC.
#pragma once
#include "integrity_record.h"
#include <stddef.h>

struct chain {
  uint64_t sequence; // the number of the last record
  uint8_t mac[RECORD_MAC]; // and its MAC; zeros where there is none
};

// Sets the record's number and MAC, as of the one behind the last. 0 or a negative errno.
int chain_seal(const struct chain *chain, struct record *record);
// The record is the last one from here on.
void chain_follow(struct chain *chain, const struct record *record);
// How many of the records are authentic, one behind the other; the last of them is the chain's.
size_t chain_authentic(struct chain *chain, const struct record *records, size_t count);
