#include "attributes.h"
#include "content.h"
#include "making.h"
#include "operations.h"
#include "store.h"
#include "value.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int op_symlink(struct request *request, struct answer *answer) {
  const char *plain = (const char *)request->argument;
  const char *target = plain + strlen(plain) + 1;
  uint8_t sealed[PATH_MAX];
  char text[base64url_size(PATH_MAX) + 1];
  if (target >= (const char *)request->argument + request->argument_size) return -EINVAL;
  size_t size = strlen(target);
  if (base64url_size(size + VALUE_OVERHEAD) >= PATH_MAX) return -ENAMETOOLONG;
  int failed = value_seal(SYMLINK_PURPOSE, (const uint8_t *)target, size, sealed);
  struct making making;
  if (!failed) failed = making_begin(request, plain, 0, &making);
  if (failed) return failed;
  base64url_encode(sealed, size + VALUE_OVERHEAD, text);
  uint8_t object[OBJECT_SIZE];
  integrity_object_of_target(text, strlen(text), object);
  failed = making_note(&making, object);
  if (!failed && symlinkat(text, making.fd, making.name.backing)) failed = -errno;
  return making_finish(request, answer, &making, failed);
}

static int target_is_known(const struct node *node, const char *text, size_t size) {
  uint8_t object[OBJECT_SIZE], directory[DIR_ID_SIZE];
  char backing[NAME_MAX + 1];
  if (!volume.integrity || !node_standing(node, directory, backing)) return 0;
  integrity_object_of_target(text, size, object);
  return integrity_leads_to(directory, backing, object);
}

int op_readlink(struct request *request, struct answer *answer) {
  char text[PATH_MAX];
  uint8_t sealed[PATH_MAX];
  struct place place;
  pthread_rwlock_rdlock(&tree_lock);
  int failed = place_hold(node_of(request->in->nodeid), &place);
  ssize_t length = failed ? 0 : readlinkat(place.fd, place.name, text, sizeof text);
  if (length < 0) failed = -errno;
  if (!failed) failed = target_is_known(node_of(request->in->nodeid), text, (size_t)length);
  if (!failed) place_release(&place);
  pthread_rwlock_unlock(&tree_lock);
  if (failed) return failed;
  ssize_t size = base64url_decode(text, (size_t)length, sealed);
  if (size < VALUE_OVERHEAD) return -EIO;
  failed = value_open(SYMLINK_PURPOSE, sealed, (size_t)size, request->reply);
  *answer = (struct answer){request->reply, (size_t)size - VALUE_OVERHEAD};
  return failed;
}

static int object_of_link(int fd, uint8_t object[OBJECT_SIZE]) {
  char text[PATH_MAX];
  ssize_t length = readlinkat(fd, "", text, sizeof text);
  if (length < 0) return -errno;
  integrity_object_of_target(text, (size_t)length, object);
  return 0;
}

// What the file is, where the kernel knows it by a name that is gone.
static int object_of_pinned(int fd, uint8_t object[OBJECT_SIZE]) {
  char path[32];
  uint8_t header[FILE_HEADER_SIZE];
  struct stat st;
  size_t got = 0;
  if (fstat(fd, &st)) return -errno;
  if (S_ISLNK(st.st_mode)) return object_of_link(fd, object);
  if (!S_ISREG(st.st_mode)) return integrity_object_of_special(&st, object), 0;
  descriptor_path(fd, path);
  int own = open(path, O_RDONLY | O_CLOEXEC);
  int failed = own < 0 ? -errno : store_read(own, header, sizeof header, 0, &got);
  if (own >= 0) close(own);
  if (!failed && (got < sizeof header || !content_is_header(header))) failed = -EIO;
  if (!failed) memcpy(object, header + sizeof header - FILE_ID_SIZE, OBJECT_SIZE);
  return failed;
}

// Where another name of it leads, this one leads.
static int note_link(struct making *making, struct node *node, const struct place *place) {
  uint8_t object[OBJECT_SIZE], directory[DIR_ID_SIZE];
  char backing[NAME_MAX + 1];
  if (!volume.integrity) return 0;
  bool stands = node_standing(node, directory, backing) && integrity_entry(directory, backing, object) != KNOWN_NOT;
  int failed = stands ? 0 : place->name[0] ? -EIO : object_of_pinned(place->fd, object);
  return failed ? failed : making_note(making, object);
}

int op_link(struct request *request, struct answer *answer) {
  const struct fuse_link_in *in = (const void *)request->argument;
  struct node *node = node_of(in->oldnodeid);
  struct making making;
  struct place place;
  int failed = making_begin(request, (const char *)(in + 1), 0, &making);
  if (failed) return failed;
  failed = place_hold(node, &place);
  if (!failed) {
    char path[32];
    descriptor_path(place.fd, path);
    bool by_name = place.name[0];
    failed = note_link(&making, node, &place);
    int linked = failed ? 0 : linkat(by_name ? place.fd : AT_FDCWD, by_name ? place.name : path, making.fd, making.name.backing, by_name ? 0 : AT_SYMLINK_FOLLOW);
    if (linked) failed = -errno;
    place_release(&place);
  }
  struct fuse_entry_out *entry = (void *)request->reply;
  if (!failed && (failed = making_entry(&making, entry))) making_take_back(&making);
  making_end(&making, failed);
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}
