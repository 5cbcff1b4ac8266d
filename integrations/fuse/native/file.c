#include "content.h"
#include "integrity.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t opens_lock = PTHREAD_MUTEX_INITIALIZER; // before table_lock and a file's lock
static struct file *open_files;

// Under opens_lock, as all that changes which files are open.
static struct file *file_new(struct node *node, int fd, bool writable) {
  struct file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  *file = (struct file){.fd = fd, .writable = writable, .opens = 1, .node = node};
  pthread_rwlock_init(&file->lock, NULL);
  pthread_mutex_init(&file->key.lock, NULL);
  file->next = open_files;
  open_files = file;
  node->file = file;
  node_hold(node);
  return file;
}

static void file_unlist(struct file *file) {
  struct file **at = &open_files;
  while (*at != file) at = &(*at)->next;
  *at = file->next;
  file->node->file = NULL;
}

static void file_free(struct file *file) {
  if (file->fd >= 0) close(file->fd);
  file_key_wipe(&file->key);
  pthread_mutex_destroy(&file->key.lock);
  pthread_rwlock_destroy(&file->lock);
  node_release(file->node);
  free(file);
}

static void discard(struct file *file) {
  file_unlist(file);
  file_free(file);
}

static int reopen(struct node *node, int flags) {
  struct place place;
  int failed = place_hold(node, &place);
  if (failed) return failed;
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", place.fd);
  int fd = place.name[0] ? openat(place.fd, place.name, flags | O_NOFOLLOW | O_CLOEXEC) : open(path, flags | O_CLOEXEC);
  int error = errno;
  place_release(&place);
  return fd < 0 ? -error : fd;
}

// Writing a part of a block reads the rest of it, so a file that is written is always open for both.
static int open_backing(struct node *node, int flags, bool *writable) {
  bool wants_write = (flags & O_ACCMODE) != O_RDONLY;
  int fd = reopen(node, O_RDWR);
  *writable = fd >= 0;
  if (fd < 0 && !wants_write) fd = reopen(node, O_RDONLY);
  return fd;
}

// The file was open for reading only, and may be written now (its mode was changed).
static int make_writable(struct file *file) {
  int fd = reopen(file->node, O_RDWR);
  if (fd < 0) return fd;
  pthread_rwlock_wrlock(&file->lock);
  int failed = dup3(fd, file->fd, O_CLOEXEC) < 0 ? -errno : 0;
  file->writable = failed == 0;
  pthread_rwlock_unlock(&file->lock);
  close(fd);
  return failed;
}

// That the name leads to this file, and the file is what it was last.
static int verify(struct file *file) {
  uint8_t directory[DIR_ID_SIZE], object[OBJECT_SIZE];
  char backing[NAME_MAX + 1];
  if (!volume.integrity) return 0;
  bool stands = node_standing(file->node, directory, backing);
  int failed = content_load_key(file);
  if (failed > 0) failed = stands && file->writable && integrity_entry(directory, backing, object) == KNOWN_LAX ? content_make_header(file) : content_missing(file);
  return failed || !stands ? failed : integrity_leads_to(directory, backing, file->id);
}

int file_open(struct node *node, int flags, struct file **opened) {
  bool writable;
  int failed = 0;
  pthread_mutex_lock(&opens_lock);
  if (node->file) {
    if ((flags & O_ACCMODE) != O_RDONLY && !node->file->writable) failed = make_writable(node->file);
    if (!failed) node->file->opens++;
  } else {
    int fd = open_backing(node, flags, &writable);
    if (fd < 0) failed = fd;
    else if (!file_new(node, fd, writable)) failed = -ENOMEM, close(fd);
    else if ((failed = verify(node->file))) discard(node->file);
  }
  *opened = node->file;
  pthread_mutex_unlock(&opens_lock);
  return failed;
}

int file_adopt(struct node *node, int fd, struct file **opened) {
  pthread_mutex_lock(&opens_lock);
  const bool joins = node->file != NULL;
  struct file *file = joins ? node->file : file_new(node, fd, true);
  int failed = !file ? -ENOMEM : volume.integrity ? content_load_key(file) : 0;
  if (!failed && joins) {
    file->opens++;
    close(fd);
  }
  if (failed && file && !joins) {
    file->fd = -1; // it stays the caller's
    discard(file);
  }
  *opened = failed ? NULL : file;
  pthread_mutex_unlock(&opens_lock);
  return failed;
}

void file_release(struct file *file) {
  pthread_mutex_lock(&opens_lock);
  bool last = --file->opens == 0;
  if (last) file_unlist(file);
  pthread_mutex_unlock(&opens_lock);
  if (last) file_free(file);
}

void files_close(void) {
  while (open_files) discard(open_files);
}

void files_forget_keys(void) {
  pthread_mutex_lock(&opens_lock);
  for (struct file *file = open_files; file; file = file->next) {
    pthread_rwlock_wrlock(&file->lock);
    file_key_wipe(&file->key);
    file->has_key = false;
    pthread_rwlock_unlock(&file->lock);
  }
  pthread_mutex_unlock(&opens_lock);
}
