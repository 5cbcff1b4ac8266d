#include "removal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

// An entry that is being taken away, and what it was.
struct removal {
  struct node *parent;
  const char *backing;
  enum known known;
  uint8_t object[OBJECT_SIZE];
};

static int removal_begin(struct removal *removal, struct node *parent, const char *backing) {
  *removal = (struct removal){.parent = parent, .backing = backing};
  if (!volume.integrity) return 0;
  removal->known = integrity_entry(parent->dir_id, backing, removal->object);
  return integrity_unlink(parent->dir_id, backing);
}

static void removal_undo(const struct removal *removal) {
  integrity_restore(removal->parent->dir_id, removal->backing, removal->known, removal->object);
}

void forget_file(struct node *node, const uint8_t id[FILE_ID_SIZE]) {
  if (node) node_removed(node, id);
  else integrity_forget(id);
}

int remove_file(struct node *parent, int fd, const char *backing) {
  struct stat st;
  if (fstatat(fd, backing, &st, AT_SYMLINK_NOFOLLOW)) return -errno;
  if (S_ISDIR(st.st_mode)) return -EISDIR;
  struct node *node = node_known(&st);
  int pinned = node ? openat(fd, backing, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;
  struct removal removal;
  int failed = removal_begin(&removal, parent, backing);
  if (!failed && unlinkat(fd, backing, 0)) failed = -errno, removal_undo(&removal);
  if (failed) {
    if (pinned >= 0) close(pinned);
    return failed;
  }
  if (node) node_unlinked(node, parent, backing, pinned);
  if (S_ISREG(st.st_mode) && st.st_nlink == 1) forget_file(node, removal.object);
  return 0;
}

// 1 when nothing but the format's own files is in it.
static int is_empty(int fd) {
  int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = own < 0 ? NULL : fdopendir(own);
  if (!stream) return -errno;
  int empty = 1;
  for (struct dirent *entry; empty && (entry = readdir(stream));)
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || name_is_own(entry->d_name);
  closedir(stream);
  return empty;
}

static int remove_own_files(int fd);

// A directory in the making or removing that a crash has left.
static int remove_left_directory(int fd, const char *backing) {
  int own = openat(fd, backing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (own < 0) return -errno;
  int failed = remove_own_files(own);
  close(own);
  return failed ? failed : unlinkat(fd, backing, AT_REMOVEDIR) ? -errno : 0;
}

// The id last: a directory that could not be emptied is still one.
static int remove_own_files(int fd) {
  int failed = 0, own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = own < 0 ? NULL : fdopendir(own);
  if (!stream) return -errno;
  for (struct dirent *entry; !failed && (entry = readdir(stream));) {
    if (!name_is_own(entry->d_name) || strcmp(entry->d_name, DIR_ID_FILE) == 0) continue;
    if (unlinkat(fd, entry->d_name, 0)) failed = errno == EISDIR ? remove_left_directory(fd, entry->d_name) : -errno;
  }
  closedir(stream);
  if (!failed && unlinkat(fd, DIR_ID_FILE, 0) && errno != ENOENT) failed = -errno;
  return failed;
}

static int temporary_name(char name[64]) {
  uint64_t random;
  if (getrandom(&random, sizeof random, 0) != sizeof random) return -EIO;
  snprintf(name, 64, TEMPORARY_PREFIX "%016llx", (unsigned long long)random);
  return 0;
}

static int take_directory(int parent_fd, int fd, const char *backing, const char *temporary) {
  if (renameat(parent_fd, backing, parent_fd, temporary)) return -errno;
  int failed = remove_own_files(fd);
  if (!failed && unlinkat(parent_fd, temporary, AT_REMOVEDIR)) failed = -errno;
  if (failed) renameat(parent_fd, temporary, parent_fd, backing);
  return failed;
}

int remove_directory(struct node *parent, int parent_fd, const char *backing) {
  char temporary[64];
  struct stat st;
  int fd = openat(parent_fd, backing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  int failed = fstat(fd, &st) ? -errno : temporary_name(temporary);
  if (!failed) {
    int empty = is_empty(fd);
    failed = empty < 0 ? empty : empty ? 0 : -ENOTEMPTY;
  }
  struct removal removal;
  if (!failed) failed = removal_begin(&removal, parent, backing);
  if (!failed) {
    failed = take_directory(parent_fd, fd, backing, temporary);
    if (failed) removal_undo(&removal);
  }
  struct node *node = failed ? NULL : node_known(&st);
  if (node) node_unlinked(node, parent, backing, fd);
  else close(fd);
  return failed;
}
