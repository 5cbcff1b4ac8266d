#include "channel.h"
#include "gcm.h"
#include "integrity.h"
#include "seeker.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

struct volume volume = {.root_fd = -1, .keys_lock = PTHREAD_RWLOCK_INITIALIZER};

#define THREADS_MAX 64
#define WAKE_SIGNAL SIGURG // ignored unless a handler stands: it only ends a read

static pthread_t threads[THREADS_MAX];
static int thread_count;
static _Atomic int threads_running;
static _Atomic unsigned wipes; // grows with each revocation
static _Atomic int64_t last_use; // milliseconds of the monotonic clock
static int device = -1;
static void (*on_end)(void);

void channel_answer(const struct request *request, int error, const struct answer *answer) {
  struct fuse_out_header out = {.len = (uint32_t)(sizeof out + (error ? 0 : answer->size)), .error = error, .unique = request->in->unique};
  struct iovec parts[2] = {{&out, sizeof out}, {(void *)answer->bytes, answer->size}};
  // ENOENT: the request was interrupted meanwhile; nobody waits for the answer.
  ssize_t sent = writev(request->channel, parts, error || answer->size == 0 ? 1 : 2);
  (void)sent;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t channel_idle(void) { return now() - atomic_load(&last_use); }

static int refused(const struct operation_entry *entry, const struct request *request) {
  enum access access = atomic_load(&volume.access);
  if (!entry || !entry->run) return -ENOSYS;
  if (request->argument_size < entry->argument_size) return -EINVAL;
  if (access == ACCESS_REVOKED && !entry->always) return -EACCES;
  if (access == ACCESS_NO_OPENS && entry->opens) return -EACCES;
  if (access == ACCESS_READ_ONLY && entry->changes) return -EROFS;
  return 0;
}

static void serve(struct request *request) {
  const struct operation_entry *entry = operation_of(request->in->opcode);
  struct answer answer = {NULL, 0};
  int result = refused(entry, request);
  if (entry && !entry->quiet) atomic_store(&last_use, now());
  if (result == 0) result = entry->run(request, &answer);
  if (result != ANSWER_NONE) channel_answer(request, result, &answer);
  integrity_tidy();
}

static bool request_memory(struct request *request, uint8_t **buffer) {
  size_t blocks = MAX_WRITE / volume.block_size + 2, room = blocks * (volume.block_size + 64);
  return posix_memalign((void **)buffer, 4096, REQUEST_SIZE) == 0 && posix_memalign((void **)&request->scratch.sealed, 4096, room) == 0 &&
         posix_memalign((void **)&request->scratch.plain, 4096, room) == 0 && posix_memalign((void **)&request->reply, 4096, MAX_WRITE) == 0 &&
         (request->scratch.slot = journal_take()) != NULL;
}

// The last one ends what all of them share.
static void threads_ended(int count) {
  if (atomic_fetch_sub(&threads_running, count) != count) return;
  seeker_stop();
  close(device);
  on_end();
}

static void *serve_loop(void *argument) {
  unshare(CLONE_FS); // each request has a umask of its own
  struct request request = {.channel = (int)(intptr_t)argument};
  uint8_t *buffer = NULL;
  unsigned wiped = 0;
  if (request_memory(&request, &buffer))
    for (;;) {
      ssize_t size = read(request.channel, buffer, REQUEST_SIZE - 1);
      if (wiped != atomic_load(&wipes)) {
        gcm_wipe_thread();
        wiped = atomic_load(&wipes);
      }
      if (size < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) continue;
      if (size < (ssize_t)sizeof(struct fuse_in_header)) break;
      buffer[size] = 0;
      request.in = (struct fuse_in_header *)buffer;
      request.argument = buffer + sizeof *request.in;
      request.argument_size = (size_t)size - sizeof *request.in;
      serve(&request);
    }
  free(buffer);
  free(request.scratch.sealed);
  free(request.scratch.plain);
  free(request.reply);
  if (request.channel != device) close(request.channel);
  threads_ended(1);
  return NULL;
}

// A descriptor of its own for each thread lets the kernel hand out requests without contention.
static int clone_channel(int fd) {
  uint32_t master = (uint32_t)fd;
  int clone = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (clone >= 0 && ioctl(clone, FUSE_DEV_IOC_CLONE, &master) == 0) return clone;
  if (clone >= 0) close(clone);
  return fd;
}

static void on_wake(int signal) { (void)signal; }

int channel_start(int fd, int count, void (*ended)(void)) {
  struct sigaction wake = {.sa_handler = on_wake};
  sigaction(WAKE_SIGNAL, &wake, NULL);
  int failed = seeker_start();
  if (failed) return failed;
  atomic_store(&last_use, now());
  device = fd;
  on_end = ended;
  atomic_store(&threads_running, count);
  for (thread_count = 0; thread_count < count; thread_count++) {
    int channel = thread_count == 0 ? fd : clone_channel(fd);
    if (pthread_create(&threads[thread_count], NULL, serve_loop, (void *)(intptr_t)channel)) {
      threads_ended(count - thread_count);
      return thread_count == 0 ? -EAGAIN : 0;
    }
    pthread_detach(threads[thread_count]);
  }
  return 0;
}

void channel_wipe_threads(void) {
  atomic_fetch_add(&wipes, 1);
  for (int i = 0; i < thread_count && atomic_load(&threads_running) == thread_count; i++) pthread_kill(threads[i], WAKE_SIGNAL);
}

static void invalidate_id(uint64_t id, int64_t offset) {
  struct fuse_notify_inval_inode_out note = {.ino = id, .off = offset, .len = 0};
  struct fuse_out_header out = {.len = sizeof out + sizeof note, .error = FUSE_NOTIFY_INVAL_INODE, .unique = 0};
  struct iovec parts[2] = {{&out, sizeof out}, {&note, sizeof note}};
  ssize_t sent = writev(device, parts, 2);
  (void)sent;
}

void channel_invalidate(const struct node *node) { invalidate_id(node_id(node), 0); }
void channel_invalidate_attributes(const struct node *node) { invalidate_id(node_id(node), -1); }

// Under no lock: the kernel waits for requests that are under way, and those may want any.
void channel_invalidate_all(void) {
  uint64_t *ids;
  size_t count = nodes_ids(&ids);
  for (size_t i = 0; i < count; i++) invalidate_id(ids[i], 0);
  free(ids);
}
