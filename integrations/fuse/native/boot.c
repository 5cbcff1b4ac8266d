#include "boot.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void boot_id(uint8_t boot[16]) {
  char text[40] = "";
  int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
  if (file >= 0) close(file);
  memset(boot, 0, 16);
  for (ssize_t i = 0, digit = 0; i < length && digit < 32; i++) {
    unsigned value;
    if (text[i] == '-' || sscanf((char[]){text[i], 0}, "%x", &value) != 1) continue;
    boot[digit / 2] |= (uint8_t)(value << (digit % 2 ? 0 : 4));
    digit++;
  }
}
