#include "sm4_tier.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const sm4_tier *const tiers[] = {
#if defined(__x86_64__)
    &sm4_gfni,
    &sm4_aesni,
#endif
    &sm4_portable,
};

static const sm4_tier *chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void) {
  const char *forced = getenv("HUFU_SM4_TIER");
  for (size_t i = 0; i < sizeof tiers / sizeof *tiers && chosen == NULL; i++)
    if ((forced == NULL || strcmp(forced, tiers[i]->name) == 0) && tiers[i]->supported()) chosen = tiers[i];
}

const sm4_tier *sm4_tier_chosen(void) {
  pthread_once(&once, choose);
  return chosen;
}
