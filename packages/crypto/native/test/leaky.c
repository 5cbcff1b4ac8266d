// Code that leaks on purpose, one way a function: the inspection of the kernels must find every one of these.
#include <stddef.h>
#include <stdint.h>

static const uint8_t table[256] = {1, 2, 3};

uint8_t looks_up(const uint8_t *secret) { return table[*secret]; }

int branches(const uint8_t *secret, int (*call)(void)) { return *secret == 7 ? call() : 0; }

uint8_t loops(const uint8_t *secret, const uint8_t *data) {
  uint8_t sum = 0;
  for (size_t i = 0; i < *secret; i++) sum += data[i];
  return sum;
}

unsigned divides(const unsigned *secret, unsigned by) { return *secret / by; }

// Through the stack and back.
uint8_t spills(const uint8_t *secret) {
  volatile uint64_t slot = *secret;
  return table[slot & 0xff];
}

// Through a vector register and back.
uint8_t moves(const uint8_t *secret) {
  uint64_t at = *secret;
  __asm__("movq %0, %%xmm0\n\tmovq %%xmm0, %0" : "+r"(at) : : "xmm0");
  return table[at];
}
