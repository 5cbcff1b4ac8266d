#include "reverse.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LONG_NAMES_KEPT 1024

// Long names that were shown or found lately: a guess, which the directory confirms.
static struct {
  uint8_t dir_id[DIR_ID_SIZE];
  char backing[64], plain[NAME_MAX_PLAIN + 1];
} kept[LONG_NAMES_KEPT];
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

// The end of a long entry's name is that of a hash.
static size_t slot_of(const char *backing) {
  size_t slot = 0;
  for (const char *c = backing + strlen(LONG_PREFIX); *c; c++) slot = slot * 31 + (uint8_t)*c;
  return slot % LONG_NAMES_KEPT;
}

void reverse_note_long(const uint8_t dir_id[DIR_ID_SIZE], const char *backing, const char *plain) {
  size_t slot = slot_of(backing);
  pthread_mutex_lock(&kept_lock);
  memcpy(kept[slot].dir_id, dir_id, DIR_ID_SIZE);
  strncpy(kept[slot].backing, backing, sizeof kept[slot].backing - 1);
  strcpy(kept[slot].plain, plain);
  pthread_mutex_unlock(&kept_lock);
}

static bool is_kept(const uint8_t dir_id[DIR_ID_SIZE], const char *backing, char plain[NAME_MAX_PLAIN + 1]) {
  size_t slot = slot_of(backing);
  pthread_mutex_lock(&kept_lock);
  bool found = memcmp(kept[slot].dir_id, dir_id, DIR_ID_SIZE) == 0 && strcmp(kept[slot].backing, backing) == 0;
  if (found) strcpy(plain, kept[slot].plain);
  pthread_mutex_unlock(&kept_lock);
  return found;
}

static int search(DIR *stream, const uint8_t dir_id[DIR_ID_SIZE], const char *backing, char plain[NAME_MAX_PLAIN + 1]) {
  struct name name;
  for (struct dirent *entry; (entry = readdir(stream));) {
    size_t size = strlen(entry->d_name);
    if (size * 4 / 3 + 22 <= NAME_MAX) continue; // 16 bytes more, sealed
    int failed = name_seal(dir_id, entry->d_name, size, &name);
    if (failed) return failed;
    if (strcmp(name.backing, backing) != 0) continue;
    strcpy(plain, entry->d_name);
    reverse_note_long(dir_id, backing, plain);
    return 0;
  }
  return -ENOENT;
}

int reverse_find_long(int fd, const uint8_t dir_id[DIR_ID_SIZE], const char *backing, char plain[NAME_MAX_PLAIN + 1]) {
  struct stat st;
  if (is_kept(dir_id, backing, plain) && fstatat(fd, plain, &st, AT_SYMLINK_NOFOLLOW) == 0) return 0;
  int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = own < 0 ? NULL : fdopendir(own);
  if (!stream) {
    int error = errno;
    if (own >= 0) close(own);
    return -error;
  }
  int failed = search(stream, dir_id, backing, plain);
  closedir(stream);
  return failed;
}

bool reverse_is_hidden(const struct node *directory, const char *plain) {
  return directory == node_of(FUSE_ROOT_ID) && strcmp(plain, REVERSE_HEADER) == 0;
}
