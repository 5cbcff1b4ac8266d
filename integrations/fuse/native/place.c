// Where nodes stand.
#include "node_table.h"
#include <errno.h>
#include <string.h>

int place_hold(struct node *node, struct place *place) {
  *place = (struct place){.directory = NULL};
  if (node == &root_node) {
    place->fd = root_node.dir_fd;
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
  for (; at && at != &root_node && at->backing; at = at->parent) { // from its end
    size_t size = strlen(at->backing) + (used > 0);
    if (size > room - used) break;
    memmove(path + size, path, used);
    memcpy(path, at->backing, strlen(at->backing));
    if (used > 0) path[size - 1] = '/';
    used += size;
  }
  pthread_mutex_unlock(&table_lock);
  return at == &root_node ? used : 0;
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
