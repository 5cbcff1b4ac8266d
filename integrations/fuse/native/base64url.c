#include "base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

void base64url_encode(const uint8_t *bytes, size_t size, char *text) {
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < size; i++) {
    bits = bits << 8 | bytes[i];
    for (held += 8; held >= 6; held -= 6) *text++ = alphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) *text++ = alphabet[bits << (6 - held) & 63];
  *text = 0;
}

ssize_t base64url_decode(const char *text, size_t length, uint8_t *bytes) {
  uint32_t bits = 0;
  int held = 0;
  uint8_t *at = bytes;
  if (length % 4 == 1) return -1;
  for (size_t i = 0; i < length; i++) {
    int value = value_of(text[i]);
    if (value < 0) return -1;
    bits = bits << 6 | (uint32_t)value;
    held += 6;
    if (held >= 8) *at++ = (uint8_t)(bits >> (held -= 8));
  }
  return (bits & ((1u << held) - 1)) == 0 ? at - bytes : -1;
}
