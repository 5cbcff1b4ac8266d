// A message of one segment: every byte within its memory, and what the head claims of itself checked before it is used.
#include <string.h>

#include "../message.h"
#include "harness.h"

static const uint8_t key[32] = {7};

static message new_message(const cipher *cipher, size_t context, size_t text) {
  const size_t header = MESSAGE_HEAD_SIZE + context + 20;
  message m = {cipher, HASH_SHA256, {key, sizeof key}, fenced_random(header + HASH_SIZE + text + TAG_SIZE), header, text};
  m.bytes[5] = 1;
  m.bytes[6] = 12;
  m.bytes[42] = (uint8_t)(context >> 8);
  m.bytes[43] = (uint8_t)context;
  return m;
}

static void seals(const cipher *cipher, size_t context, size_t text) {
  message m = new_message(cipher, context, text);
  const size_t size = m.header_size + HASH_SIZE + text + TAG_SIZE;
  message same = m;
  same.bytes = fenced_copy(m.bytes, size);
  check(message_valid(&m) && message_seal(&m, false) && message_seal(&same, false) &&
            memcmp(m.bytes, same.bytes, size) == 0,
        "a message is made from its own salt");
  check(message_seal(&same, true) && memcmp(m.bytes, same.bytes, size) != 0, "or from a drawn one");
  release();
}

static void opens(const cipher *cipher, size_t context, size_t text) {
  message m = new_message(cipher, context, text);
  const size_t text_at = m.header_size + HASH_SIZE, size = text_at + text + TAG_SIZE;
  const uint8_t *plaintext = fenced_copy(m.bytes + text_at, text);
  check(message_seal(&m, true), "a message is made");
  const uint8_t *sealed = fenced_copy(m.bytes, size);
  check(message_open(&m) && memcmp(m.bytes + text_at, plaintext, text) == 0, "and opens");
  for (int i = 0; i < 40; i++) {
    memcpy(m.bytes, sealed, size);
    // Not what says the sizes and the suite, which others have checked before.
    const size_t at = 8 + random_below(size - 8);
    if (at >= 42 && at < 44) continue;
    m.bytes[at] ^= (uint8_t)(1 << random_below(8));
    check(!message_open(&m), "a changed one does not");
    check(text == 0 || memcmp(m.bytes + text_at, plaintext, text) != 0, "and is not left open");
  }
  release();
}

static void claims(const cipher *cipher) {
  message m = new_message(cipher, 10, 4096);
  check(message_valid(&m), "a whole segment");
  m.text_size = 4097;
  check(!message_valid(&m), "more than a segment");
  m.text_size = 0;
  m.bytes[43] = 31;
  check(!message_valid(&m), "a context longer than the header");
  m.bytes[42] = 0xff;
  check(!message_valid(&m), "a context that is too long");
  m.bytes[42] = m.bytes[43] = 0;
  m.header_size = MESSAGE_HEAD_SIZE - 1;
  check(!message_valid(&m), "no whole head");
  release();
}

void test_message(const cipher *cipher) {
  for (size_t size = 0; size < 300; size += 7) seals(cipher, size, size);
  seals(cipher, 4000, 4096);
  for (size_t size = 4; size < 300; size += 31) opens(cipher, size, size);
  opens(cipher, 4000, 4096);
  claims(cipher);
}
