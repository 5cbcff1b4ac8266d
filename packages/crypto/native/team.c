#define _GNU_SOURCE // sched_getaffinity, pthread_setname_np
#include "team.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#define STACK_SIZE ((size_t)1 << 19)
// Looks at a shared number before a thread sleeps: about 50 microseconds. To wake one takes as long, or longer.
#define LOOKS 1000

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER; // held by the caller that the team works for
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of all below; the numbers are read without it to look only
static pthread_cond_t called = PTHREAD_COND_INITIALIZER, ended = PTHREAD_COND_INITIALIZER;
static atomic_size_t places;  // helpers that may still join
static atomic_size_t running; // helpers that have joined and not ended
static team_task shared_task;
static void *shared_work;

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void look_for(atomic_size_t *number, bool zero) {
  for (int i = 0; i < LOOKS && (atomic_load(number) == 0) != zero; i++) pause_briefly();
}

static void *help(void *unused) {
  (void)unused;
  for (;;) {
    look_for(&places, false);
    pthread_mutex_lock(&lock);
    while (atomic_load(&places) == 0) pthread_cond_wait(&called, &lock);
    const size_t member = atomic_fetch_sub(&places, 1);
    const team_task task = shared_task;
    void *work = shared_work;
    atomic_fetch_add(&running, 1);
    pthread_mutex_unlock(&lock);
    task(work, member);
    pthread_mutex_lock(&lock);
    if (atomic_fetch_sub(&running, 1) == 1) pthread_cond_signal(&ended);
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

static bool start_helper(const pthread_attr_t *attributes) {
  pthread_t thread;
  if (pthread_create(&thread, attributes, help, NULL) != 0) return false;
  (void)pthread_setname_np(thread, "hufu-team");
  return true;
}

static size_t processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

static size_t size = 1;

// Signals are for the threads of Node.
static void start(void) {
  pthread_attr_t attributes;
  sigset_t all, before;
  if (pthread_attr_init(&attributes) != 0) return;
  sigfillset(&all);
  if (pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
      pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0 && pthread_sigmask(SIG_SETMASK, &all, &before) == 0) {
    while (size < processors() && size < TEAM_MAX && start_helper(&attributes)) size++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attributes);
}

size_t team_size(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start);
  return size;
}

static void call_helpers(size_t count, team_task task, void *work) {
  pthread_mutex_lock(&lock);
  shared_task = task;
  shared_work = work;
  atomic_store(&places, count);
  pthread_cond_broadcast(&called);
  pthread_mutex_unlock(&lock);
}

static void await_helpers(void) {
  pthread_mutex_lock(&lock);
  atomic_store(&places, 0);
  pthread_mutex_unlock(&lock);
  look_for(&running, true);
  pthread_mutex_lock(&lock);
  while (atomic_load(&running) > 0) pthread_cond_wait(&ended, &lock);
  pthread_mutex_unlock(&lock);
}

void team_run(size_t members, team_task task, void *work) {
  const size_t most = team_size();
  if (members > most) members = most;
  const bool helped = members > 1 && pthread_mutex_trylock(&turn) == 0;
  if (helped) call_helpers(members - 1, task, work);
  task(work, 0);
  if (!helped) return;
  await_helpers();
  pthread_mutex_unlock(&turn);
}
