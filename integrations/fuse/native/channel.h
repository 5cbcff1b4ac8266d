// The kernel's FUSE protocol: requests in, answers out. linux/fuse.h has the messages.
#pragma once
#include "file.h"

struct request {
  int channel;                     // the descriptor it came from: the answer goes there
  const struct fuse_in_header *in;
  const uint8_t *argument;         // what follows the header, `argument_size` bytes and a zero
  size_t argument_size;
  struct scratch scratch;
  uint8_t *reply;                  // memory for an answer, MAX_WRITE bytes
};

// Each operation answers by its return value: 0 or more, that many bytes from `request->answer`; or a negative errno.
struct answer {
  const void *bytes;
  size_t size;
};

#define ANSWER_NONE 1 // a request that has no answer

typedef int operation(struct request *request, struct answer *answer);

// The operation of an opcode, or null where there is none (answered with ENOSYS).
struct operation_entry {
  operation *run;
  uint32_t argument_size; // at least so many bytes must have come
  bool changes;           // refused on a read-only volume
  bool opens;             // refused where only what is open may be used
  bool quiet;             // no sign that anybody uses the mount
  bool always;            // served even when the volume is revoked: it reveals nothing
};
const struct operation_entry *operation_of(uint32_t opcode);

// Serves the descriptor with so many threads until the kernel ends it; then calls `ended` once, on the last of them.
int channel_start(int fd, int threads, void (*ended)(void));
// Sends the answer to a request that had none yet.
void channel_answer(const struct request *request, int error, const struct answer *answer);
// Has the kernel write what it still holds of the file, and drop it.
void channel_invalidate(const struct node *node);
// Has the kernel ask for its attributes anew. It waits for nothing, so it may be called while a request is served.
void channel_invalidate_attributes(const struct node *node);
// Milliseconds since anybody used the mount.
int64_t channel_idle(void);
// Has every thread forget the keys that it holds.
void channel_wipe_threads(void);
// Tells the kernel to drop what it holds of every node.
void channel_invalidate_all(void);
