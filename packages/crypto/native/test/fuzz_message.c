// A message of one segment behind a header of any bytes: what it claims of itself must not lead outside its memory.
#include <string.h>

#include "../message.h"
#include "fuzz.h"

#define HEADER_MAX 4300
#define TEXT_MAX 1500

// Every second input gets a head that may pass, else hardly any would.
static void make_likely(fuzz_input *input, message *m) {
  if (m->header_size < MESSAGE_HEAD_SIZE || (take_byte(input) & 1) == 0) return;
  const size_t context = take_below(input, m->header_size - MESSAGE_HEAD_SIZE + 2);
  m->bytes[6] = (uint8_t)(8 + take_below(input, 8));
  m->bytes[42] = (uint8_t)(context >> 8);
  m->bytes[43] = (uint8_t)context;
}

static void seals(const message *m, size_t size) {
  message again = *m;
  again.bytes = fenced_copy(m->bytes, size);
  demand(!message_open(&again), "what was never sealed is no message");
  again.bytes = fenced_copy(m->bytes, size);
  demand(message_seal(m, false) && message_seal(&again, false), "a message is sealed");
  demand(memcmp(m->bytes, again.bytes, size) == 0, "its own salt makes it the same again");
  const size_t payload = m->header_size + HASH_SIZE;
  again.bytes[8] ^= 1;
  demand(message_seal(&again, false), "another salt");
  demand(memcmp(m->bytes + payload, again.bytes + payload, size - payload) != 0, "another salt, another payload");
  uint8_t *changed = fenced_copy(m->bytes, size);
  changed[payload + size % (size - payload)] ^= 1;
  again.bytes = changed;
  demand(!message_open(&again), "a changed text does not open");
  again.bytes = fenced_copy(m->bytes, size);
  demand(message_open(&again), "a message opens");
}

void fuzz_message(fuzz_input *input) {
  const cipher *cipher = take_cipher(input);
  const hash_name hash = take_byte(input) & 1 ? HASH_SM3 : HASH_SHA256;
  const size_t key_size = take_below(input, 100), header = take_below(input, HEADER_MAX);
  const size_t text = take_below(input, TEXT_MAX), size = header + HASH_SIZE + text + TAG_SIZE;
  const span key = {take_bytes(input, key_size), key_size};
  // Only the header is there at first: message_valid may read no further.
  message m = {cipher, hash, key, take_bytes(input, header), header, text};
  make_likely(input, &m);
  if (!message_valid(&m)) return;
  uint8_t *bytes = fenced(size);
  memcpy(bytes, m.bytes, header);
  memcpy(bytes + header + HASH_SIZE, take_bytes(input, text), text);
  m.bytes = bytes;
  seals(&m, size);
}
