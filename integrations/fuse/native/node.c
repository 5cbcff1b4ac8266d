#include "node.h"
#include "integrity.h"
#include "synthetic.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define BUCKETS (1u << 17)

pthread_rwlock_t tree_lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER; // guards everything below
static struct node *buckets[BUCKETS];
static struct node root = {.dir_fd = -1, .pinned_fd = -1};
static struct node uses; // head of the ring of open directories, newest first
static size_t node_total, open_directories, open_directories_limit;

static uint32_t bucket_of(uint64_t device, uint64_t inode) {
  uint64_t hash = (inode ^ device << 32) * 0x9e3779b97f4a7c15u;
  return (uint32_t)(hash >> 40) % BUCKETS;
}

static void ring_remove(struct node *node) {
  node->newer->older = node->older;
  node->older->newer = node->newer;
  node->newer = node->older = NULL;
}

static void ring_push(struct node *node) {
  node->newer = &uses;
  node->older = uses.older;
  uses.older->newer = node;
  uses.older = node;
}

static void close_directory(struct node *node) {
  ring_remove(node);
  close(node->dir_fd);
  node->dir_fd = -1;
  open_directories--;
}

static void close_oldest(void) {
  for (struct node *node = uses.newer; node != &uses && open_directories > open_directories_limit;) {
    struct node *newer = node->newer;
    if (node->users == 0 && node != &root) close_directory(node);
    node = newer;
  }
}

// In a reverse view ids follow from names.
static int derive_dir_id(struct node *node) {
  int failed = 0;
  if (node != &root && !node->parent) return -ESTALE;
  if (node != &root && !node->parent->has_dir_id) failed = derive_dir_id(node->parent);
  if (!failed) failed = node == &root ? synthetic_root_id(node->dir_id) : synthetic_id(SYNTHETIC_DIRECTORY, node->parent->dir_id, node->backing, node->dir_id);
  node->has_dir_id = failed == 0;
  return failed;
}

// Under table_lock. A directory has another name, and so has all beneath.
static void forget_dir_ids(void) {
  for (uint32_t i = 0; i < BUCKETS; i++)
    for (struct node *node = buckets[i]; node; node = node->next) node->has_dir_id = false;
}

static int read_dir_id(struct node *node) {
  if (volume.reverse) return derive_dir_id(node);
  int fd = openat(node->dir_fd, DIR_ID_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? -EIO : -errno;
  ssize_t size = read(fd, node->dir_id, DIR_ID_SIZE);
  close(fd);
  if (size != DIR_ID_SIZE) return -EIO;
  bool is_root = node == &root, known = is_root ? integrity_is_root(node->dir_id) : !node->parent || integrity_leads_to(node->parent->dir_id, node->backing, node->dir_id) == 0;
  node->has_dir_id = known;
  return known ? 0 : is_root ? -EILSEQ : -EIO;
}

int nodes_open(int root_fd) {
  struct rlimit files;
  struct stat st;
  if (getrlimit(RLIMIT_NOFILE, &files) || fstat(root_fd, &st)) return -errno;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  open_directories_limit = files.rlim_cur / 4;
  uses.newer = uses.older = &uses;
  root = (struct node){.device = st.st_dev, .inode = st.st_ino, .type = S_IFDIR, .lookups = 1, .dir_fd = root_fd, .pinned_fd = -1, .backing = ""};
  ring_push(&root);
  buckets[bucket_of(root.device, root.inode)] = &root;
  open_directories = node_total = 1;
  return read_dir_id(&root);
}

// A file that was made without a name may have got one.
static void forget_removed(const struct node *node) {
  struct stat st;
  if (node->pinned_fd < 0 || fstat(node->pinned_fd, &st) || st.st_nlink == 0) integrity_forget(node->file_id);
}

static void node_free(struct node *node) {
  struct node **at = &buckets[bucket_of(node->device, node->inode)];
  while (*at != node) at = &(*at)->next;
  *at = node->next;
  if (node->dir_fd >= 0) close_directory(node);
  if (node->removed) forget_removed(node);
  if (node->pinned_fd >= 0) close(node->pinned_fd);
  free(node->backing);
  free(node);
  node_total--;
}

// Frees the node when nothing refers to it, and then perhaps its parents.
static void drop_unused(struct node *node) {
  while (node && node != &root && node->lookups == 0 && node->children == 0 && node->users == 0) {
    struct node *parent = node->parent;
    node_free(node);
    if (parent) parent->children--;
    node = parent;
  }
}

void nodes_close(void) {
  pthread_mutex_lock(&table_lock);
  for (uint32_t i = 0; i < BUCKETS; i++)
    for (struct node *node = buckets[i], *next; node; node = next) {
      next = node->next;
      if (node != &root) node_free(node);
    }
  memset(buckets, 0, sizeof buckets);
  root = (struct node){.dir_fd = -1, .pinned_fd = -1};
  pthread_mutex_unlock(&table_lock);
}

size_t nodes_count(void) { return node_total; }
struct node *node_of(uint64_t id) { return id == FUSE_ROOT_ID ? &root : (struct node *)(uintptr_t)id; }
uint64_t node_id(const struct node *node) { return node == &root ? FUSE_ROOT_ID : (uint64_t)(uintptr_t)node; }

static struct node *find(const struct stat *st) {
  struct node *node = buckets[bucket_of(st->st_dev, st->st_ino)];
  while (node && (node->inode != st->st_ino || node->device != st->st_dev)) node = node->next;
  return node;
}

struct node *node_known(const struct stat *st) {
  pthread_mutex_lock(&table_lock);
  struct node *node = find(st);
  pthread_mutex_unlock(&table_lock);
  return node;
}

static struct node *node_new(const struct stat *st) {
  struct node *node = calloc(1, sizeof *node);
  if (!node) return NULL;
  *node = (struct node){.device = st->st_dev, .inode = st->st_ino, .type = st->st_mode & S_IFMT, .dir_fd = -1, .pinned_fd = -1};
  struct node **bucket = &buckets[bucket_of(node->device, node->inode)];
  node->next = *bucket;
  *bucket = node;
  node_total++;
  return node;
}

// Under table_lock. Keeps the old place when memory is short.
static void set_place(struct node *node, struct node *parent, const char *backing) {
  if (node == &root || (node->parent == parent && node->backing && strcmp(node->backing, backing) == 0)) return;
  char *copy = strdup(backing);
  if (!copy) return;
  struct node *before = node->parent;
  if (volume.reverse && S_ISDIR(node->type) && node->backing) forget_dir_ids();
  free(node->backing);
  node->backing = copy;
  node->parent = parent;
  parent->children++;
  if (before) {
    before->children--;
    drop_unused(before);
  }
}

struct node *node_found(struct node *parent, const char *backing, const struct stat *st) {
  pthread_mutex_lock(&table_lock);
  struct node *node = find(st);
  // An inode number that was given anew to a file of another kind is another file.
  if (node && node->type != (st->st_mode & S_IFMT) && node->lookups == 0) {
    drop_unused(node);
    node = NULL;
  }
  if (!node) node = node_new(st);
  if (node) {
    set_place(node, parent, backing);
    node->lookups++;
  }
  pthread_mutex_unlock(&table_lock);
  return node;
}

void node_forget(struct node *node, uint64_t lookups) {
  pthread_mutex_lock(&table_lock);
  node->lookups = lookups < node->lookups ? node->lookups - lookups : 0;
  if (node == &root && node->lookups == 0) node->lookups = 1;
  drop_unused(node);
  pthread_mutex_unlock(&table_lock);
}

void node_moved(struct node *node, struct node *parent, const char *backing) {
  pthread_mutex_lock(&table_lock);
  set_place(node, parent, backing);
  pthread_mutex_unlock(&table_lock);
}

void node_unlinked(struct node *node, struct node *parent, const char *backing, int fd) {
  pthread_mutex_lock(&table_lock);
  if (node->pinned_fd >= 0) close(node->pinned_fd);
  node->pinned_fd = fd;
  if (node->parent == parent && strcmp(node->backing, backing) == 0) {
    free(node->backing);
    node->backing = NULL;
    node->parent = NULL;
    parent->children--;
  }
  pthread_mutex_unlock(&table_lock);
}

void node_removed(struct node *node, const uint8_t file_id[FILE_ID_SIZE]) {
  if (!volume.integrity) return;
  pthread_mutex_lock(&table_lock);
  memcpy(node->file_id, file_id, FILE_ID_SIZE);
  node->removed = true;
  pthread_mutex_unlock(&table_lock);
}

static bool is_node(const struct node *node, int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 && st.st_ino == node->inode && st.st_dev == node->device;
}

// Under table_lock. Opens parents first, so a directory is reached by single components.
static int open_directory(struct node *node) {
  if (node->dir_fd >= 0) return 0;
  if (!node->parent) return -ESTALE;
  int failed = open_directory(node->parent);
  if (failed) return failed;
  int fd = openat(node->parent->dir_fd, node->backing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  if (volume.reverse && !is_node(node, fd)) { // others may have put another one there
    close(fd);
    return -ESTALE;
  }
  node->dir_fd = fd;
  ring_push(node);
  open_directories++;
  return 0;
}

// Under table_lock.
static int hold_directory(struct node *node, int *fd) {
  int failed = S_ISDIR(node->type) ? open_directory(node) : -ENOTDIR;
  if (!failed && !node->has_dir_id) failed = read_dir_id(node);
  if (!failed) {
    node->users++;
    *fd = node->dir_fd;
    ring_remove(node);
    ring_push(node);
    if (open_directories > open_directories_limit) close_oldest();
  }
  return failed;
}

int directory_hold(struct node *node, int *fd) {
  pthread_mutex_lock(&table_lock);
  int failed = hold_directory(node, fd);
  pthread_mutex_unlock(&table_lock);
  return failed;
}

void directory_id(struct node *node, uint8_t id[DIR_ID_SIZE]) {
  pthread_mutex_lock(&table_lock);
  memcpy(id, node->dir_id, DIR_ID_SIZE);
  pthread_mutex_unlock(&table_lock);
}

void node_hold(struct node *node) {
  pthread_mutex_lock(&table_lock);
  node->users++;
  pthread_mutex_unlock(&table_lock);
}

void node_release(struct node *node) {
  pthread_mutex_lock(&table_lock);
  node->users--;
  drop_unused(node);
  pthread_mutex_unlock(&table_lock);
}

int place_hold(struct node *node, struct place *place) {
  *place = (struct place){.directory = NULL};
  if (node == &root) {
    place->fd = root.dir_fd;
    return 0;
  }
  pthread_mutex_lock(&table_lock);
  int failed = 0;
  place->fd = node->pinned_fd;
  if (place->fd < 0) {
    failed = node->backing ? hold_directory(node->parent, &place->fd) : -ESTALE;
    if (!failed) {
      place->directory = node->parent;
      strcpy(place->name, node->backing);
    }
  }
  pthread_mutex_unlock(&table_lock);
  return failed;
}

void place_release(struct place *place) {
  if (place->directory) node_release(place->directory);
}

size_t node_path(struct node *node, char *path, size_t room) {
  size_t used = 0;
  pthread_mutex_lock(&table_lock);
  struct node *at = node;
  for (; at && at != &root && at->backing; at = at->parent) { // from its end
    size_t size = strlen(at->backing) + (used > 0);
    if (size > room - used) break;
    memmove(path + size, path, used);
    memcpy(path, at->backing, strlen(at->backing));
    if (used > 0) path[size - 1] = '/';
    used += size;
  }
  pthread_mutex_unlock(&table_lock);
  return at == &root ? used : 0;
}

bool node_standing(const struct node *node, uint8_t directory[DIR_ID_SIZE], char backing[NAME_MAX + 1]) {
  pthread_mutex_lock(&table_lock);
  bool stands = node->parent && node->backing;
  if (stands) {
    memcpy(directory, node->parent->dir_id, DIR_ID_SIZE);
    strcpy(backing, node->backing);
  }
  pthread_mutex_unlock(&table_lock);
  return stands;
}

size_t nodes_ids(uint64_t **ids) {
  size_t count = 0;
  pthread_mutex_lock(&table_lock);
  *ids = malloc(node_total * sizeof **ids);
  for (uint32_t i = 0; *ids && i < BUCKETS; i++)
    for (struct node *node = buckets[i]; node; node = node->next)
      if (node->lookups > 0) (*ids)[count++] = node_id(node);
  pthread_mutex_unlock(&table_lock);
  return count;
}
