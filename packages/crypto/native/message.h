// A sealed message of one segment (docs/formats/sealed-message.md), behind a header whose fields others write and read.
#ifndef HUFU_MESSAGE_H
#define HUFU_MESSAGE_H

#include "hmac.h"

#define MESSAGE_HEAD_SIZE 48
#define MESSAGE_SALT_SIZE 32

typedef struct {
  const cipher *cipher;
  hash_name hash;
  span data_key;
  // Head, context and recipients; then room for the MAC, the text, room for its tag.
  uint8_t *bytes;
  size_t header_size, text_size;
} message;

// Whether what the head says of its own sizes is within the header, and the text within one segment.
bool message_valid(const message *m);
// Draws the salt first where asked; the caller's own stays otherwise. False when the cipher or random bytes failed.
bool message_seal(const message *m, bool draw_salt);
// Opens the text in its place. False when the MAC is not that of the header under the data key, which leaves all as it
// is, or when the text is not authentic, which leaves zeros.
bool message_open(const message *m);

#endif
