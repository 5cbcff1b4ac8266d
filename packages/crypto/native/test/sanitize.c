// All plain C tests; scripts/sanitize.mjs compiles them with AddressSanitizer and UndefinedBehaviorSanitizer.
#include "harness.h"

int main(void) {
  test_aead();
  test_hmac();
  test_sm2();
  return report();
}
