#include "attributes.h"
#include "base64url.h"
#include "synthetic.h"
#include "value.h"
#include "view.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool is_sidecar(const char *shown) { return strncmp(shown, LONG_PREFIX, strlen(LONG_PREFIX)) == 0 && !name_is_long(shown); }

// What stands under a name that the view shows: its plain name (that of the directory for its own files) and what it looks like.
static int find_long(int fd, const uint8_t dir_id[DIR_ID_SIZE], const char *shown, char plain[NAME_MAX_PLAIN + 1], struct stat *st) {
  char backing[NAME_MAX + 1] = "";
  struct name name;
  struct stat directory;
  size_t size = strlen(shown) - (is_sidecar(shown) ? strlen(LONG_SUFFIX) : 0);
  if (size > NAME_MAX) return -ENOENT;
  memcpy(backing, shown, size);
  int failed = reverse_find_long(fd, dir_id, backing, plain);
  if (failed) return failed;
  if (fstatat(fd, plain, st, AT_SYMLINK_NOFOLLOW)) return -errno;
  if (!is_sidecar(shown)) return 0;
  failed = name_seal(dir_id, plain, strlen(plain), &name);
  if (!failed && fstat(fd, &directory)) failed = -errno;
  if (!failed) reverse_stat_sidecar(&directory, &name, st);
  return failed;
}

static int find_own(int fd, const char *shown, bool root, char plain[NAME_MAX_PLAIN + 1], struct stat *st) {
  struct stat directory;
  if (strcmp(shown, DIR_ID_FILE) == 0) {
    if (fstat(fd, &directory)) return -errno;
    reverse_stat_dir_id(&directory, st);
    strcpy(plain, DIR_ID_FILE);
    return 0;
  }
  if (!root || strcmp(shown, VOLUME_HEADER) != 0) return -ENOENT;
  strcpy(plain, REVERSE_HEADER);
  if (fstatat(fd, REVERSE_HEADER, st, AT_SYMLINK_NOFOLLOW)) return -errno;
  reverse_stat_header(st);
  return 0;
}

static int find(struct node *parent, int fd, const char *shown, char plain[NAME_MAX_PLAIN + 1], struct stat *st) {
  uint8_t dir_id[DIR_ID_SIZE];
  directory_id(parent, dir_id);
  if (name_is_long(shown) || is_sidecar(shown)) return find_long(fd, dir_id, shown, plain, st);
  if (name_is_own(shown)) return find_own(fd, shown, parent == node_of(FUSE_ROOT_ID), plain, st);
  if (strlen(shown) > NAME_MAX) return -ENOENT;
  int size = name_open(dir_id, shown, plain);
  if (size < 0) return size == -EBADMSG ? -ENOENT : size;
  if (reverse_is_hidden(parent, plain)) return -ENOENT;
  return fstatat(fd, plain, st, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

// While it is open it has the size that it had when it was opened.
static void freeze_size(uint64_t node, struct fuse_attr *attr) {
  uint64_t size;
  if (view_size_of(node_of(node), &size)) attr->size = size;
}

int reverse_lookup(struct request *request, struct answer *answer) {
  struct node *parent = node_of(request->in->nodeid);
  struct fuse_entry_out *entry = (void *)request->reply;
  char plain[NAME_MAX_PLAIN + 1];
  struct stat st;
  int fd, failed = directory_hold(parent, &fd);
  if (failed) return failed;
  failed = find(parent, fd, (const char *)request->argument, plain, &st);
  if (!failed) failed = entry_of(parent, plain, &st, entry);
  node_release(parent);
  if (!failed && S_ISREG(st.st_mode)) freeze_size(entry->nodeid, &entry->attr);
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}

// A file of the view's own looks like its directory, which `place` holds.
static int stat_own(struct node *node, const struct place *place, struct stat *st) {
  struct stat directory;
  struct name name;
  uint8_t dir_id[DIR_ID_SIZE];
  if (node->device == DEVICE_HEADER) {
    if (fstatat(place->fd, REVERSE_HEADER, st, AT_SYMLINK_NOFOLLOW)) return -errno;
    reverse_stat_header(st);
    return 0;
  }
  if (fstat(place->fd, &directory)) return -errno;
  if (node->device == DEVICE_DIR_ID) {
    reverse_stat_dir_id(&directory, st);
    return 0;
  }
  directory_id(place->directory, dir_id);
  int failed = name_seal(dir_id, place->name, strlen(place->name), &name);
  if (!failed) reverse_stat_sidecar(&directory, &name, st);
  return failed;
}

static int stat_plain(struct node *node, const struct place *place, struct stat *st) {
  if (fstatat(place->fd, place->name, st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -errno;
  return st->st_ino == node->inode && st->st_dev == node->device ? 0 : -ESTALE;
}

int reverse_getattr(struct request *request, struct answer *answer) {
  struct node *node = node_of(request->in->nodeid);
  struct fuse_attr_out *out = (void *)request->reply;
  struct place place;
  struct stat st;
  int failed = place_hold(node, &place);
  if (failed) return failed;
  failed = node->device >= DEVICE_HEADER ? stat_own(node, &place, &st) : stat_plain(node, &place, &st);
  place_release(&place);
  if (failed) return failed;
  *out = (struct fuse_attr_out){.attr_valid = 0};
  attributes_of(&st, &out->attr);
  if (S_ISREG(st.st_mode)) freeze_size(request->in->nodeid, &out->attr);
  *answer = (struct answer){out, sizeof *out};
  return 0;
}

static int seal_target(struct node *node, const struct place *place, char *text) {
  char target[PATH_MAX];
  uint8_t id[DIR_ID_SIZE], sealed[PATH_MAX + VALUE_OVERHEAD];
  struct stat st;
  int failed = stat_plain(node, place, &st);
  if (failed) return failed;
  ssize_t size = readlinkat(place->fd, place->name, target, sizeof target);
  if (size < 0) return -errno;
  if (base64url_size((size_t)size + VALUE_OVERHEAD) >= PATH_MAX) return -ENAMETOOLONG;
  failed = reverse_entry_id(node, place, &st, id);
  if (!failed) failed = synthetic_nonce(id, SYMLINK_PURPOSE, (uint8_t *)target, (size_t)size, sealed);
  if (!failed) failed = value_seal_by(SYMLINK_PURPOSE, (uint8_t *)target, (size_t)size, sealed);
  if (!failed) base64url_encode(sealed, (size_t)size + VALUE_OVERHEAD, text);
  return failed;
}

int reverse_readlink(struct request *request, struct answer *answer) {
  struct node *node = node_of(request->in->nodeid);
  struct place place;
  char *text = (char *)request->reply;
  int failed = place_hold(node, &place);
  if (failed) return failed;
  failed = seal_target(node, &place, text);
  place_release(&place);
  *answer = (struct answer){text, failed ? 0 : strlen(text)};
  return failed;
}
