#include "attributes.h"
#include "integrity.h"
#include "log.h"
#include "operations.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// An open directory. `position` is the backing directory's own cookie of the entry that comes next.
struct listing {
  pthread_mutex_t lock;
  DIR *stream;
  struct node *node;
  long position;
};

// What stands there is what is known, no more and no less.
static int compare(int fd, struct node *node) {
  uint8_t object[OBJECT_SIZE];
  uint64_t seen = 0;
  int failed = 0, own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = own < 0 ? NULL : fdopendir(own);
  if (!stream) return -errno;
  for (struct dirent *entry; !failed && (entry = readdir(stream));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || name_is_own(entry->d_name)) continue;
    enum known known = integrity_entry(node->dir_id, entry->d_name, object);
    if (known == KNOWN_NOT) failed = -EIO, log_line("damaged: %s: it was not there, or is no longer", entry->d_name);
    seen += known == KNOWN;
  }
  closedir(stream);
  uint64_t known = integrity_entries(node->dir_id);
  if (!failed && seen != known) failed = -EIO, log_line("damaged: %s: it has %llu entries of %llu", node->backing, (unsigned long long)seen, (unsigned long long)known);
  node->listed = failed == 0;
  return failed;
}

// Once for each directory, while nothing in it changes.
static int compare_once(struct node *node) {
  int fd, failed = 0;
  if (!volume.integrity || node->listed) return 0;
  pthread_rwlock_wrlock(&tree_lock);
  if (!node->listed && !(failed = directory_hold(node, &fd))) {
    failed = compare(fd, node);
    node_release(node);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed;
}

int op_opendir(struct request *request, struct answer *answer) {
  struct node *node = node_of(request->in->nodeid);
  struct fuse_open_out *out = (void *)request->reply;
  int fd, failed = compare_once(node);
  if (failed) return failed;
  pthread_rwlock_rdlock(&tree_lock);
  failed = directory_hold(node, &fd); // held until releasedir, with its id
  pthread_rwlock_unlock(&tree_lock);
  if (failed) return failed;
  struct listing *listing = calloc(1, sizeof *listing);
  int own = listing ? openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (own >= 0) listing->stream = fdopendir(own);
  if (!listing || !listing->stream) {
    failed = listing ? -errno : -ENOMEM;
    if (own >= 0) close(own);
    free(listing);
    node_release(node);
    return failed;
  }
  pthread_mutex_init(&listing->lock, NULL);
  listing->node = node;
  *out = (struct fuse_open_out){.fh = (uint64_t)(uintptr_t)listing, .open_flags = FOPEN_KEEP_CACHE | FOPEN_CACHE_DIR};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}

int op_releasedir(struct request *request, struct answer *answer) {
  struct listing *listing = (struct listing *)((const struct fuse_release_in *)request->argument)->fh;
  (void)answer;
  closedir(listing->stream);
  node_release(listing->node);
  pthread_mutex_destroy(&listing->lock);
  free(listing);
  return 0;
}

// The directory's id file first: a directory that is durable must be readable.
int op_fsyncdir(struct request *request, struct answer *answer) {
  struct listing *listing = (struct listing *)((const struct fuse_fsync_in *)request->argument)->fh;
  int fd = openat(dirfd(listing->stream), DIR_ID_FILE, O_RDONLY | O_CLOEXEC);
  int failed = fd < 0 || fsync(fd) || fsync(dirfd(listing->stream)) ? -errno : 0;
  (void)answer;
  if (fd >= 0) close(fd);
  return failed ? failed : integrity_sync(listing->node->dir_id, true);
}

// The plain name of a backing entry: its length, 0 where it is not to be shown, or -EBADMSG.
static int plain_name(struct listing *listing, const char *backing, char plain[NAME_MAX_PLAIN + 1]) {
  char sealed[NAME_MAX_SEALED + 1];
  if (strcmp(backing, ".") == 0 || strcmp(backing, "..") == 0) {
    strcpy(plain, backing);
    return (int)strlen(backing);
  }
  uint8_t object[OBJECT_SIZE];
  if (name_is_own(backing)) return 0;
  if (volume.integrity && integrity_entry(listing->node->dir_id, backing, object) == KNOWN_NOT) return 0;
  if (!name_is_long(backing)) return name_open(listing->node->dir_id, backing, plain);
  int failed = name_read_long(dirfd(listing->stream), backing, sealed);
  return failed ? failed : name_open(listing->node->dir_id, sealed, plain);
}

static void fill_dirent(struct fuse_dirent *entry, const struct dirent *backing, const char *plain, int length) {
  entry->ino = backing->d_ino;
  entry->off = (uint64_t)backing->d_off;
  entry->namelen = (uint32_t)length;
  entry->type = backing->d_type;
  memcpy(entry->name, plain, (size_t)length);
  memset(entry->name + length, 0, FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + (size_t)length) - FUSE_NAME_OFFSET - (size_t)length);
}

// An entry with no node (id 0) is one that the kernel looks up by itself.
static void fill_entry(struct listing *listing, const struct dirent *backing, struct fuse_entry_out *entry) {
  struct stat st;
  *entry = (struct fuse_entry_out){.nodeid = 0};
  if (backing->d_name[0] == '.' && (!backing->d_name[1] || backing->d_name[1] == '.')) return;
  if (fstatat(dirfd(listing->stream), backing->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) entry_of(listing->node, backing->d_name, &st, entry);
}

static size_t read_entries(struct listing *listing, uint64_t offset, uint8_t *reply, size_t room, bool plus) {
  char plain[NAME_MAX_PLAIN + 1];
  size_t used = 0, head = plus ? sizeof(struct fuse_entry_out) : 0;
  if ((long)offset != listing->position) seekdir(listing->stream, (long)offset);
  listing->position = (long)offset;
  for (struct dirent *backing; (backing = readdir(listing->stream)); listing->position = backing->d_off) {
    int length = plain_name(listing, backing->d_name, plain);
    if (length <= 0) continue; // not ours to show, or not authentic: `hufu volume check` tells
    size_t size = head + FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + (size_t)length);
    if (used + size > room) {
      seekdir(listing->stream, listing->position);
      break;
    }
    if (plus) fill_entry(listing, backing, (struct fuse_entry_out *)(reply + used));
    fill_dirent((struct fuse_dirent *)(reply + used + head), backing, plain, length);
    used += size;
  }
  return used;
}

static int read_directory(struct request *request, struct answer *answer, bool plus) {
  const struct fuse_read_in *in = (const void *)request->argument;
  struct listing *listing = (struct listing *)in->fh;
  size_t room = in->size < MAX_WRITE ? in->size : MAX_WRITE;
  pthread_rwlock_rdlock(&tree_lock);
  pthread_mutex_lock(&listing->lock);
  size_t used = read_entries(listing, in->offset, request->reply, room, plus);
  pthread_mutex_unlock(&listing->lock);
  pthread_rwlock_unlock(&tree_lock);
  *answer = (struct answer){request->reply, used};
  return 0;
}

int op_readdir(struct request *request, struct answer *answer) { return read_directory(request, answer, false); }
int op_readdirplus(struct request *request, struct answer *answer) { return read_directory(request, answer, true); }
