// Runs the inputs that fuzzing has found, from a file of hex, one a line: a compiler without libFuzzer can check them.
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#define LINE_MAX_SIZE 20000

int main(int count, char **arguments) {
  static char line[LINE_MAX_SIZE];
  FILE *seeds = count == 2 ? fopen(arguments[1], "r") : NULL;
  if (seeds == NULL) return 2;
  while (fgets(line, sizeof line, seeds) != NULL) {
    line[strcspn(line, "\n")] = 0;
    if (line[0] == '#') continue;
    size_t size;
    const uint8_t *bytes = from_hex(line, &size);
    check(LLVMFuzzerTestOneInput(bytes, size) == 0, "a seed");
  }
  fclose(seeds);
  return report();
}
