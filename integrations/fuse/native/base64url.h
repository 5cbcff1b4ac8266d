// base64url without padding (RFC 4648, section 5).
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define base64url_size(bytes) (((bytes) * 4 + 2) / 3)

// Writes base64url_size(size) characters and a zero.
void base64url_encode(const uint8_t *bytes, size_t size, char *text);
// Returns how many bytes it wrote, or -1 when the text is not the one encoding of any bytes.
ssize_t base64url_decode(const char *text, size_t length, uint8_t *bytes);
