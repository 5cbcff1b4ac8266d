#include "seeker.h"
#include <errno.h>
#include <stdlib.h>

struct seek {
  int channel;
  uint64_t unique, offset;
  struct file *file;
  int whence;
  struct seek *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // guards what follows
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct seek *first, **last = &first;
static bool ending;
static pthread_t thread;

static void run(const struct seek *seek) {
  const struct fuse_in_header in = {.unique = seek->unique};
  const struct request request = {.channel = seek->channel, .in = &in};
  channel_invalidate(seek->file->node);
  int64_t found = file_seek(seek->file, seek->offset, seek->whence);
  struct fuse_lseek_out out = {.offset = (uint64_t)found};
  channel_answer(&request, found < 0 ? (int)found : 0, &(struct answer){&out, sizeof out});
}

static struct seek *next(void) {
  pthread_mutex_lock(&lock);
  while (!first && !ending) pthread_cond_wait(&changed, &lock);
  struct seek *seek = first;
  if (seek && !(first = seek->next)) last = &first;
  pthread_mutex_unlock(&lock);
  return seek;
}

static void *serve_seeks(void *argument) {
  for (struct seek *seek; (seek = next());) {
    run(seek);
    free(seek);
  }
  return argument;
}

int seeker_start(void) {
  ending = false;
  return -pthread_create(&thread, NULL, serve_seeks, NULL);
}

void seeker_stop(void) {
  pthread_mutex_lock(&lock);
  ending = true;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, NULL);
}

int seeker_take(const struct request *request, struct file *file, uint64_t offset, int whence) {
  struct seek *seek = malloc(sizeof *seek);
  if (!seek) return -ENOMEM;
  *seek = (struct seek){.channel = request->channel, .unique = request->in->unique, .offset = offset, .file = file, .whence = whence};
  pthread_mutex_lock(&lock);
  *last = seek;
  last = &seek->next;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
  return 0;
}
