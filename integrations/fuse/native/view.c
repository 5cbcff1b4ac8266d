#include "view.h"
#include "content.h"
#include "synthetic.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t views_lock = PTHREAD_MUTEX_INITIALIZER; // which are open; before table_lock and a view's lock
static struct view *views;

// Access times stay as they are where the server may say so.
static int open_plain(const struct place *place) {
  const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  int fd = openat(place->fd, place->name, flags | O_NOATIME);
  if (fd < 0 && errno == EPERM) fd = openat(place->fd, place->name, flags);
  return fd < 0 ? -errno : fd;
}

static int fill_plain(struct view *view, const struct place *place) {
  struct stat st;
  if ((view->fd = open_plain(place)) < 0) return view->fd;
  if (fstat(view->fd, &st)) return -errno;
  if (!S_ISREG(st.st_mode) || st.st_ino != view->node->inode || st.st_dev != view->node->device) return -ESTALE;
  view->size = (uint64_t)st.st_size;
  view->sparse = st.st_blocks * 512 < st.st_size;
  if (view->size > SIZE_LIMIT) return -EFBIG;
  return reverse_entry_id(view->node, place, &st, view->id);
}

static int fill(struct view *view) {
  struct place place;
  int failed = place_hold(view->node, &place);
  if (failed) return failed;
  if (view->node->device >= DEVICE_HEADER) failed = view_made(view->node, &place, &view->bytes, &view->size);
  else failed = fill_plain(view, &place);
  place_release(&place);
  return failed;
}

static void view_free(struct view *view) {
  if (view->fd >= 0) close(view->fd);
  file_key_wipe(&view->key);
  pthread_mutex_destroy(&view->key.lock);
  pthread_rwlock_destroy(&view->lock);
  free(view->bytes);
  free(view);
}

// Under views_lock.
static int view_new(struct node *node) {
  struct view *view = calloc(1, sizeof *view);
  if (!view) return -ENOMEM;
  view->fd = -1;
  view->node = node;
  pthread_rwlock_init(&view->lock, NULL);
  pthread_mutex_init(&view->key.lock, NULL);
  int failed = fill(view);
  if (failed) {
    view_free(view);
    return failed;
  }
  node_hold(node);
  node->view = view;
  view->next = views;
  views = view;
  return 0;
}

static void unlist(struct view *view) {
  struct view **at = &views;
  while (*at != view) at = &(*at)->next;
  *at = view->next;
  view->node->view = NULL;
}

int view_open(struct node *node, struct reader **reader) {
  *reader = calloc(1, sizeof **reader + SEALED_BLOCK);
  if (!*reader) return -ENOMEM;
  pthread_mutex_init(&(*reader)->lock, NULL);
  pthread_mutex_lock(&views_lock);
  int failed = node->view ? 0 : view_new(node);
  if (!failed) {
    (*reader)->view = node->view;
    node->view->opens++;
  }
  pthread_mutex_unlock(&views_lock);
  if (failed) free(*reader);
  return failed;
}

void view_release(struct reader *reader) {
  struct view *view = reader->view;
  pthread_mutex_lock(&views_lock);
  bool last = --view->opens == 0;
  if (last) unlist(view);
  pthread_mutex_unlock(&views_lock);
  pthread_mutex_destroy(&reader->lock);
  free(reader);
  if (!last) return;
  node_release(view->node);
  view_free(view);
}

bool view_size_of(struct node *node, uint64_t *size) {
  pthread_mutex_lock(&views_lock);
  bool open = node->view != NULL;
  if (open) *size = node->view->bytes ? node->view->size : layout_backing_size(node->view->size, volume.block_size);
  pthread_mutex_unlock(&views_lock);
  return open;
}

void views_forget_keys(void) {
  pthread_mutex_lock(&views_lock);
  for (struct view *view = views; view; view = view->next) {
    pthread_rwlock_wrlock(&view->lock);
    file_key_wipe(&view->key);
    view->has_key = false;
    pthread_rwlock_unlock(&view->lock);
  }
  pthread_mutex_unlock(&views_lock);
}

// The kernel is gone without releasing them.
void views_close(void) {
  while (views) {
    struct view *view = views;
    unlist(view);
    node_release(view->node);
    view_free(view);
  }
}
