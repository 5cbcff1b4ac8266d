#include "making.h"
#include "attributes.h"
#include "content.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

// The umask is the caller's: whether it counts is for the backing file system to say, by the directory's default access list.
int making_begin(struct request *request, const char *plain, mode_t mask, struct making *making) {
  umask(mask);
  making->parent = node_of(request->in->nodeid);
  making->noted = false;
  pthread_rwlock_rdlock(&tree_lock);
  int failed = directory_hold(making->parent, &making->fd);
  if (!failed) {
    failed = name_seal(making->parent->dir_id, plain, strlen(plain), &making->name);
    if (!failed) failed = name_write_sidecar(making->fd, &making->name);
    if (failed) node_release(making->parent);
  }
  if (failed) pthread_rwlock_unlock(&tree_lock);
  return failed;
}

int making_give(const struct request *request, const struct making *making, const char *backing) {
  struct stat directory;
  if (!volume.own_files || (request->in->uid == 0 && request->in->gid == 0)) return 0;
  if (fstat(making->fd, &directory)) return -errno;
  gid_t gid = directory.st_mode & S_ISGID ? (gid_t)-1 : request->in->gid;
  return fchownat(making->fd, backing, request->in->uid, gid, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

int making_entry(struct making *making, struct fuse_entry_out *entry) {
  struct stat st;
  if (fstatat(making->fd, making->name.backing, &st, AT_SYMLINK_NOFOLLOW)) return -errno;
  return entry_of(making->parent, making->name.backing, &st, entry);
}

int making_note(struct making *making, const uint8_t object[OBJECT_SIZE]) {
  if (!volume.integrity) return 0;
  making->known = integrity_entry(making->parent->dir_id, making->name.backing, making->before);
  int failed = integrity_link(making->parent->dir_id, making->name.backing, object);
  making->noted = failed == 0;
  return failed;
}

int making_note_file(struct making *making, uint8_t id[FILE_ID_SIZE]) {
  if (volume.integrity && getrandom(id, FILE_ID_SIZE, 0) != FILE_ID_SIZE) return -EIO;
  return making_note(making, id);
}

int making_header(int fd, const uint8_t id[FILE_ID_SIZE]) { return volume.integrity ? content_write_header(fd, id) : 0; }

void making_end(struct making *making, int failed) {
  struct stat st;
  if (failed && making->noted) integrity_restore(making->parent->dir_id, making->name.backing, making->known, making->before);
  if (failed && fstatat(making->fd, making->name.backing, &st, AT_SYMLINK_NOFOLLOW)) name_remove_sidecar(making->fd, making->name.backing);
  node_release(making->parent);
  pthread_rwlock_unlock(&tree_lock);
}

void making_take_back(struct making *making) {
  if (unlinkat(making->fd, making->name.backing, 0)) making->noted = false;
}

int making_finish(struct request *request, struct answer *answer, struct making *making, int failed) {
  struct fuse_entry_out *entry = (void *)request->reply;
  const bool made = !failed;
  if (!failed) failed = making_give(request, making, making->name.backing);
  if (!failed) failed = making_entry(making, entry);
  if (failed && made) making_take_back(making);
  making_end(making, failed);
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}
