#include "node_table.h"
#include "integrity.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUCKETS (1u << 17)

pthread_rwlock_t tree_lock = PTHREAD_RWLOCK_INITIALIZER;
pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
struct node root_node = {.dir_fd = -1, .pinned_fd = -1};
static struct node *buckets[BUCKETS];
static size_t node_total;

static uint32_t bucket_of(uint64_t device, uint64_t inode) {
  uint64_t hash = (inode ^ device << 32) * 0x9e3779b97f4a7c15u;
  return (uint32_t)(hash >> 40) % BUCKETS;
}

// Under table_lock. A directory has another name, and so has all beneath.
static void forget_dir_ids(void) {
  for (uint32_t i = 0; i < BUCKETS; i++)
    for (struct node *node = buckets[i]; node; node = node->next) node->has_dir_id = false;
}

int nodes_open(int root_fd) {
  struct stat st;
  if (fstat(root_fd, &st)) return -errno;
  root_node = (struct node){.device = st.st_dev, .inode = st.st_ino, .type = S_IFDIR, .lookups = 1, .dir_fd = root_fd, .pinned_fd = -1, .backing = ""};
  buckets[bucket_of(root_node.device, root_node.inode)] = &root_node;
  node_total = 1;
  return directories_open();
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
  if (node->dir_fd >= 0) directory_close(node);
  if (node->removed) forget_removed(node);
  if (node->pinned_fd >= 0) close(node->pinned_fd);
  free(node->backing);
  free(node);
  node_total--;
}

// Frees the node when nothing refers to it, and then perhaps its parents.
static void drop_unused(struct node *node) {
  while (node && node != &root_node && node->lookups == 0 && node->children == 0 && node->users == 0) {
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
      if (node != &root_node) node_free(node);
    }
  memset(buckets, 0, sizeof buckets);
  root_node = (struct node){.dir_fd = -1, .pinned_fd = -1};
  pthread_mutex_unlock(&table_lock);
}

size_t nodes_count(void) { return node_total; }
struct node *node_of(uint64_t id) { return id == FUSE_ROOT_ID ? &root_node : (struct node *)(uintptr_t)id; }
uint64_t node_id(const struct node *node) { return node == &root_node ? FUSE_ROOT_ID : (uint64_t)(uintptr_t)node; }

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
  if (node == &root_node || (node->parent == parent && node->backing && strcmp(node->backing, backing) == 0)) return;
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
  if (node == &root_node && node->lookups == 0) node->lookups = 1;
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
