#include "lock.h"
#include <errno.h>
#include <sys/file.h>
#include <time.h>

// Whoever asks whether it is taken has it for a moment, and the server of a mount that was just unmounted until it has
// ended: both are waited out, for three seconds.
#define TRIES 300
static const struct timespec pause_between = {.tv_nsec = 10000000};

int lock_take(int root_fd, bool shared) {
  for (int i = 0; i < TRIES; i++) {
    if (flock(root_fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK && errno != EINTR) return -errno;
    nanosleep(&pause_between, NULL);
  }
  return -EAGAIN;
}

bool lock_is_taken(int root_fd) {
  bool taken = flock(root_fd, LOCK_SH | LOCK_NB) != 0;
  if (!taken) flock(root_fd, LOCK_UN);
  return taken;
}
