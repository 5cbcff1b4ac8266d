// All plain C tests; scripts/sanitize.mjs compiles them with AddressSanitizer and UndefinedBehaviorSanitizer,
// and those of threads with ThreadSanitizer too.
// Arguments are the suites to run. `tiers` instead names the tiers of SM4 that this processor has, one a line.
#include <stdio.h>
#include <string.h>

#include "../sm4_tier.h"
#include "harness.h"

static void run(const char *suite) {
  if (strcmp(suite, "aes") == 0) test_aead(&aes_256_gcm);
  if (strcmp(suite, "aes") == 0) test_batch(&aes_256_gcm);
  if (strcmp(suite, "aes") == 0) test_cell(&aes_256_gcm);
  if (strcmp(suite, "aes") == 0) test_message(&aes_256_gcm);
  if (strcmp(suite, "sm4") == 0) test_sm4();
  if (strcmp(suite, "sm4") == 0) test_aead(&sm4_gcm);
  if (strcmp(suite, "sm4") == 0) test_batch(&sm4_gcm);
  if (strcmp(suite, "sm4") == 0) test_cell(&sm4_gcm);
  if (strcmp(suite, "sm4") == 0) test_message(&sm4_gcm);
  if (strcmp(suite, "threads-aes") == 0) test_shared_segments(&aes_256_gcm);
  if (strcmp(suite, "threads-sm4") == 0) test_shared_segments(&sm4_gcm);
  if (strcmp(suite, "large") == 0) test_large();
  if (strcmp(suite, "hmac") == 0) test_hmac();
  if (strcmp(suite, "sm2") == 0) test_sm2();
}

static int list_tiers(void) {
  const sm4_tier *const tiers[] = {&sm4_portable,
#if defined(__x86_64__)
                                   &sm4_aesni, &sm4_gfni
#endif
  };
  for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++)
    if (tiers[i]->supported()) puts(tiers[i]->name);
  return 0;
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "tiers") == 0) return list_tiers();
  for (int i = 1; i < count; i++) run(arguments[i]);
  return report();
}
