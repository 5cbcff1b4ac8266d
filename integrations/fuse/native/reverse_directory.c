#include "reverse.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct shown {
  char *name;
  uint64_t inode;
  uint8_t type;
};

// An open directory: what was shown of it so far, since one plain entry may be two here and an offset is the number of one.
struct listing {
  pthread_mutex_t lock;
  DIR *stream;
  struct node *node;
  struct stat st;
  uint8_t dir_id[DIR_ID_SIZE];
  struct shown *shown;
  size_t count, room;
  bool ended;
};

static int show(struct listing *listing, const char *name, uint64_t inode, uint8_t type) {
  if (listing->count == listing->room) {
    size_t room = listing->room ? 2 * listing->room : 64;
    struct shown *more = realloc(listing->shown, room * sizeof *more);
    if (!more) return -ENOMEM;
    listing->shown = more;
    listing->room = room;
  }
  char *copy = strdup(name);
  if (!copy) return -ENOMEM;
  listing->shown[listing->count++] = (struct shown){copy, inode, type};
  return 0;
}

static int show_sealed(struct listing *listing, const struct dirent *plain) {
  struct name name;
  struct stat st;
  if (reverse_is_hidden(listing->node, plain->d_name)) return 0;
  int failed = name_seal(listing->dir_id, plain->d_name, strlen(plain->d_name), &name);
  if (!failed) failed = show(listing, name.backing, plain->d_ino, plain->d_type);
  if (failed || !name.is_long) return failed;
  char sidecar[NAME_MAX + 1];
  name_sidecar(name.backing, sidecar);
  reverse_note_long(listing->dir_id, name.backing, plain->d_name);
  reverse_stat_sidecar(&listing->st, &name, &st);
  return show(listing, sidecar, st.st_ino, DT_REG);
}

// The view's own files, before the first plain entry.
static int show_own(struct listing *listing) {
  struct stat st;
  reverse_stat_dir_id(&listing->st, &st);
  int failed = show(listing, DIR_ID_FILE, st.st_ino, DT_REG);
  if (failed || listing->node != node_of(FUSE_ROOT_ID) || fstatat(dirfd(listing->stream), REVERSE_HEADER, &st, AT_SYMLINK_NOFOLLOW)) return failed;
  return show(listing, VOLUME_HEADER, st.st_ino, DT_REG);
}

static int show_next(struct listing *listing) {
  if (listing->count == 0) return show_own(listing);
  errno = 0;
  struct dirent *plain = readdir(listing->stream);
  listing->ended = !plain;
  if (!plain) return -errno;
  bool dots = strcmp(plain->d_name, ".") == 0 || strcmp(plain->d_name, "..") == 0;
  return dots ? show(listing, plain->d_name, plain->d_ino, DT_DIR) : show_sealed(listing, plain);
}

static void forget(struct listing *listing) {
  for (size_t i = 0; i < listing->count; i++) free(listing->shown[i].name);
  listing->count = 0;
  listing->ended = false;
}

static struct listing *listing_new(struct node *node, int fd) {
  struct listing *listing = calloc(1, sizeof *listing);
  int own = listing ? openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (own >= 0 && fstat(own, &listing->st) == 0 && (listing->stream = fdopendir(own))) {
    pthread_mutex_init(&listing->lock, NULL);
    listing->node = node;
    directory_id(node, listing->dir_id);
    return listing;
  }
  if (own >= 0) close(own);
  free(listing);
  return NULL;
}

int reverse_opendir(struct request *request, struct answer *answer) {
  struct node *node = node_of(request->in->nodeid);
  struct fuse_open_out *out = (void *)request->reply;
  int fd, failed = directory_hold(node, &fd); // until releasedir
  if (failed) return failed;
  struct listing *listing = listing_new(node, fd);
  if (!listing) {
    failed = errno ? -errno : -ENOMEM;
    node_release(node);
    return failed;
  }
  *out = (struct fuse_open_out){.fh = (uint64_t)(uintptr_t)listing};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}

int reverse_releasedir(struct request *request, struct answer *answer) {
  struct listing *listing = (struct listing *)((const struct fuse_release_in *)request->argument)->fh;
  (void)answer;
  forget(listing);
  free(listing->shown);
  closedir(listing->stream);
  node_release(listing->node);
  pthread_mutex_destroy(&listing->lock);
  free(listing);
  return 0;
}

static void fill_dirent(struct fuse_dirent *entry, const struct shown *shown, uint64_t next) {
  size_t length = strlen(shown->name);
  *entry = (struct fuse_dirent){.ino = shown->inode, .off = next, .namelen = (uint32_t)length, .type = shown->type};
  memcpy(entry->name, shown->name, length);
  memset(entry->name + length, 0, FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length) - FUSE_NAME_OFFSET - length);
}

static int read_entries(struct listing *listing, uint64_t offset, uint8_t *reply, size_t room, size_t *used) {
  if (offset == 0 && listing->count > 0) { // from its begin: as it is now
    rewinddir(listing->stream);
    forget(listing);
  }
  for (*used = 0;; offset++) {
    while (offset >= listing->count && !listing->ended) {
      int failed = show_next(listing);
      if (failed) return failed;
    }
    if (offset >= listing->count) return 0;
    size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + strlen(listing->shown[offset].name));
    if (*used + size > room) return 0;
    fill_dirent((struct fuse_dirent *)(reply + *used), &listing->shown[offset], offset + 1);
    *used += size;
  }
}

int reverse_readdir(struct request *request, struct answer *answer) {
  const struct fuse_read_in *in = (const void *)request->argument;
  struct listing *listing = (struct listing *)in->fh;
  size_t used;
  pthread_mutex_lock(&listing->lock);
  int failed = read_entries(listing, in->offset, request->reply, in->size < MAX_WRITE ? in->size : MAX_WRITE, &used);
  pthread_mutex_unlock(&listing->lock);
  *answer = (struct answer){request->reply, failed ? 0 : used};
  return failed;
}
