// Loaded before a server's libraries: its reads and writes of the backing files fail as a file tells, "WHAT AFTER": the WHAT that
// comes after AFTER others. HUFU_FAULT_FILE names that file, HUFU_FAULT_UNDER the directory whose files are meant.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

typedef ssize_t call(int, void *, size_t, off_t);
static _Atomic long count;

static int meant(int fd) {
  char link[64], path[4096], *under = getenv("HUFU_FAULT_UNDER");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0 || !under) return 0;
  path[size] = 0;
  return strncmp(path, under, strlen(under)) == 0 && !strstr(path, "hufu.");
}

static int told(const char *what, int fd) {
  char text[64] = "", word[32] = "";
  long after = 0;
  const char *file = getenv("HUFU_FAULT_FILE");
  int control = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
  if (control < 0) return 0;
  if (read(control, text, sizeof text - 1) < 0) text[0] = 0;
  close(control);
  if (sscanf(text, "%31s %ld", word, &after) < 1 || strcmp(word, what) != 0 || !meant(fd)) return 0;
  return count++ >= after;
}

static ssize_t faulty_write(call *next, int fd, const void *bytes, size_t size, off_t at) {
  if (told("write", fd)) return errno = EIO, -1;
  static _Atomic int halves;
  if (!told("half-write", fd)) halves = 0;
  else if (halves < 2) { // half is written, and then the store refuses, once
    if (halves++ == 0) return next(fd, (void *)bytes, size / 2, at);
    return errno = ENOSPC, -1;
  }
  if (told("tear", fd)) {
    next(fd, (void *)bytes, size / 2, at);
    kill(getpid(), SIGKILL);
  }
  return next(fd, (void *)bytes, size, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return faulty_write((call *)dlsym(RTLD_NEXT, "pwrite"), fd, bytes, size, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) { return faulty_write((call *)dlsym(RTLD_NEXT, "pwrite64"), fd, bytes, size, at); }

ssize_t pread(int fd, void *bytes, size_t size, off_t at) {
  if (told("read", fd)) return errno = EIO, -1;
  return ((call *)dlsym(RTLD_NEXT, "pread"))(fd, bytes, size, at);
}
ssize_t pread64(int fd, void *bytes, size_t size, off_t at) {
  if (told("read", fd)) return errno = EIO, -1;
  return ((call *)dlsym(RTLD_NEXT, "pread64"))(fd, bytes, size, at);
}

// The machine's boot is another where HUFU_FAULT_BOOT names a file that says so.
int open64(const char *path, int flags, ...) {
  const char *boot = getenv("HUFU_FAULT_BOOT");
  int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = va_arg(arguments, mode_t); // anything where the flags want none
  va_end(arguments);
  return next(boot && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0 ? boot : path, flags, mode);
}

int ftruncate(int fd, off_t size) {
  if (told("tear-before-truncate", fd)) kill(getpid(), SIGKILL);
  return ((int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate"))(fd, size);
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

// The lock of the backing directory is another's for a moment: three times.
int flock(int fd, int operation) {
  static _Atomic int refusals;
  if (told("lock", fd) && refusals++ < 3) return errno = EWOULDBLOCK, -1;
  return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(fd, operation);
}

// The integrity records that were written anew take the place of the others: killed before that, or behind it.
int renameat(int from_fd, const char *from, int to_fd, const char *to) {
  int meant_one = strcmp(to, "hufu.integrity") == 0;
  if (meant_one && told("kill-before-log", to_fd)) kill(getpid(), SIGKILL);
  int result = ((int (*)(int, const char *, int, const char *))dlsym(RTLD_NEXT, "renameat"))(from_fd, from, to_fd, to);
  if (meant_one && told("kill-behind-log", to_fd)) kill(getpid(), SIGKILL);
  return result;
}

int fchownat(int fd, const char *path, uid_t owner, gid_t group, int flags) {
  if (told("chown", fd)) return errno = EIO, -1;
  return ((int (*)(int, const char *, uid_t, gid_t, int))dlsym(RTLD_NEXT, "fchownat"))(fd, path, owner, group, flags);
}

int fsync(int fd) {
  if (told("fsync", fd)) return errno = EIO, -1;
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
