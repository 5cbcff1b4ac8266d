#include "operations.h"
#include "removal.h"
#include <string.h>

// Seals the name, has the remover take away what stands there, and then the sidecar of a long name.
static int remove_name(struct request *request, remover *take_away) {
  struct node *parent = node_of(request->in->nodeid);
  const char *plain = (const char *)request->argument;
  struct name name;
  int fd;
  pthread_rwlock_wrlock(&tree_lock);
  int failed = directory_hold(parent, &fd);
  if (!failed) {
    failed = name_seal(parent->dir_id, plain, strlen(plain), &name);
    if (!failed) failed = take_away(parent, fd, name.backing);
    if (!failed) name_remove_sidecar(fd, name.backing);
    node_release(parent);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed;
}

int op_unlink(struct request *request, struct answer *answer) {
  (void)answer;
  return remove_name(request, remove_file);
}

int op_rmdir(struct request *request, struct answer *answer) {
  (void)answer;
  return remove_name(request, remove_directory);
}
