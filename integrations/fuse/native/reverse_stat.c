#include "base64url.h"
#include "layout.h"
#include "reverse.h"
#include "store.h"
#include "synthetic.h"
#include "value.h"
#include "view.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t reverse_shown_size(const struct stat *st) {
  if (st->st_dev >= DEVICE_HEADER) return (uint64_t)st->st_size;
  if (S_ISREG(st->st_mode)) return layout_backing_size((uint64_t)st->st_size, volume.block_size);
  if (S_ISLNK(st->st_mode)) return base64url_size((uint64_t)st->st_size + VALUE_OVERHEAD);
  return (uint64_t)st->st_size;
}

int reverse_entry_id(struct node *node, const struct place *place, const struct stat *st, uint8_t id[DIR_ID_SIZE]) {
  uint8_t directory[DIR_ID_SIZE];
  if (S_ISDIR(st->st_mode)) {
    int fd, failed = directory_hold(node, &fd);
    if (failed) return failed;
    directory_id(node, id);
    node_release(node);
    return 0;
  }
  if (st->st_nlink > 1) return synthetic_linked_id(st->st_ino, id);
  if (!place->directory) return -ESTALE;
  directory_id(place->directory, directory);
  return synthetic_id(SYNTHETIC_ENTRY, directory, place->name, id);
}

// A number for a file of the view's own that no other has, but by a chance of 2^-64.
static ino_t number_of(const struct stat *directory, const char *name) {
  uint64_t hash = 0xcbf29ce484222325u ^ directory->st_ino ^ (directory->st_dev << 40);
  for (const char *c = name; *c; c++) hash = (hash ^ (uint8_t)*c) * 0x100000001b3u; // FNV-1a
  return (ino_t)hash;
}

static void made(const struct stat *directory, uint64_t device, const char *name, mode_t mode, size_t size, struct stat *st) {
  *st = (struct stat){.st_dev = device, .st_ino = number_of(directory, name), .st_mode = S_IFREG | mode, .st_nlink = 1,
                      .st_uid = directory->st_uid, .st_gid = directory->st_gid, .st_size = (off_t)size, .st_blocks = 1};
}

void reverse_stat_dir_id(const struct stat *directory, struct stat *st) { made(directory, DEVICE_DIR_ID, DIR_ID_FILE, 0400, DIR_ID_SIZE, st); }

void reverse_stat_sidecar(const struct stat *directory, const struct name *name, struct stat *st) {
  made(directory, DEVICE_SIDECAR, name->backing, 0600, strlen(name->sealed), st);
}

void reverse_stat_header(struct stat *st) { st->st_dev = DEVICE_HEADER; }

static int read_header(const struct place *place, uint8_t **bytes, uint64_t *size) {
  struct stat st;
  size_t got = 0;
  int fd = openat(place->fd, REVERSE_HEADER, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  int failed = fstat(fd, &st) ? -errno : 0;
  if (!failed && !(*bytes = malloc((size_t)st.st_size + 1))) failed = -ENOMEM;
  if (!failed) failed = store_read(fd, *bytes, (size_t)st.st_size, 0, &got);
  close(fd);
  *size = got;
  return failed;
}

int view_made(struct node *node, const struct place *place, uint8_t **bytes, uint64_t *size) {
  uint8_t id[DIR_ID_SIZE];
  struct name name;
  if (node->device == DEVICE_HEADER) return read_header(place, bytes, size);
  directory_id(place->directory, id);
  bool is_id = node->device == DEVICE_DIR_ID;
  int failed = is_id ? 0 : name_seal(id, place->name, strlen(place->name), &name);
  if (failed) return failed;
  *size = is_id ? DIR_ID_SIZE : strlen(name.sealed);
  *bytes = malloc(*size + 1);
  if (*bytes) memcpy(*bytes, is_id ? (const void *)id : name.sealed, *size);
  return *bytes ? 0 : -ENOMEM;
}
