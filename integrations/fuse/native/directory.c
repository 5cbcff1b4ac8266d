// Directories of the table: their ids, and which are open. Those that nobody used for longest are closed when they are many.
#include "node_table.h"
#include "integrity.h"
#include "synthetic.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct node uses; // head of the ring of open directories, newest first
static size_t open_directories, open_directories_limit;

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

void directory_close(struct node *node) {
  ring_remove(node);
  close(node->dir_fd);
  node->dir_fd = -1;
  open_directories--;
}

static void close_oldest(void) {
  for (struct node *node = uses.newer; node != &uses && open_directories > open_directories_limit;) {
    struct node *newer = node->newer;
    if (node->users == 0 && node != &root_node) directory_close(node);
    node = newer;
  }
}

// In a reverse view ids follow from names.
static int derive_dir_id(struct node *node) {
  int failed = 0;
  if (node != &root_node && !node->parent) return -ESTALE;
  if (node != &root_node && !node->parent->has_dir_id) failed = derive_dir_id(node->parent);
  if (!failed) failed = node == &root_node ? synthetic_root_id(node->dir_id) : synthetic_id(SYNTHETIC_DIRECTORY, node->parent->dir_id, node->backing, node->dir_id);
  node->has_dir_id = failed == 0;
  return failed;
}

static int read_dir_id(struct node *node) {
  if (volume.reverse) return derive_dir_id(node);
  int fd = openat(node->dir_fd, DIR_ID_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? -EIO : -errno;
  ssize_t size = read(fd, node->dir_id, DIR_ID_SIZE);
  close(fd);
  if (size != DIR_ID_SIZE) return -EIO;
  bool is_root = node == &root_node, known = is_root ? integrity_is_root(node->dir_id) : !node->parent || integrity_leads_to(node->parent->dir_id, node->backing, node->dir_id) == 0;
  node->has_dir_id = known;
  return known ? 0 : is_root ? -EILSEQ : -EIO;
}

int directories_open(void) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files)) return -errno;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  open_directories_limit = files.rlim_cur / 4;
  uses.newer = uses.older = &uses;
  ring_push(&root_node);
  open_directories = 1;
  return read_dir_id(&root_node);
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

int hold_directory(struct node *node, int *fd) {
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
