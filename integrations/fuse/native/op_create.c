#include "attributes.h"
#include "content.h"
#include "integrity.h"
#include "operations.h"
#include "store.h"
#include "value.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

// A new file in a directory: what the operations that make one share.
struct making {
  struct node *parent;
  int fd;
  struct name name;
  bool noted;                      // before it is made; what stood there:
  enum known known;
  uint8_t before[OBJECT_SIZE];
};

// The umask is the caller's: whether it counts is for the backing file system to say, by the directory's default access list.
static int making_begin(struct request *request, const char *plain, mode_t mask, struct making *making) {
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

// As the kernel would have made it: the caller's, or the directory's group where that is set-group-id.
static int give_to_caller(const struct request *request, const struct making *making, const char *backing) {
  struct stat directory;
  if (!volume.own_files || (request->in->uid == 0 && request->in->gid == 0)) return 0;
  if (fstat(making->fd, &directory)) return -errno;
  gid_t gid = directory.st_mode & S_ISGID ? (gid_t)-1 : request->in->gid;
  return fchownat(making->fd, backing, request->in->uid, gid, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

static int making_entry(struct making *making, struct fuse_entry_out *entry) {
  struct stat st;
  if (fstatat(making->fd, making->name.backing, &st, AT_SYMLINK_NOFOLLOW)) return -errno;
  return entry_of(making->parent, making->name.backing, &st, entry);
}

// Notes where the new entry leads, before it is there.
static int making_note(struct making *making, const uint8_t object[OBJECT_SIZE]) {
  if (!volume.integrity) return 0;
  making->known = integrity_entry(making->parent->dir_id, making->name.backing, making->before);
  int failed = integrity_link(making->parent->dir_id, making->name.backing, object);
  making->noted = failed == 0;
  return failed;
}

// A new file's id is noted; it is written into it by making_header.
static int making_note_file(struct making *making, uint8_t id[FILE_ID_SIZE]) {
  if (volume.integrity && getrandom(id, FILE_ID_SIZE, 0) != FILE_ID_SIZE) return -EIO;
  return making_note(making, id);
}

static int making_header(int fd, const uint8_t id[FILE_ID_SIZE]) { return volume.integrity ? content_write_header(fd, id) : 0; }

static void making_end(struct making *making, int failed) {
  struct stat st;
  if (failed && making->noted) integrity_restore(making->parent->dir_id, making->name.backing, making->known, making->before);
  if (failed && fstatat(making->fd, making->name.backing, &st, AT_SYMLINK_NOFOLLOW)) name_remove_sidecar(making->fd, making->name.backing);
  node_release(making->parent);
  pthread_rwlock_unlock(&tree_lock);
}

// What can't be given to the caller, or told of, is not made after all. Where it stays, it stays noted.
static void take_back(struct making *making) {
  if (unlinkat(making->fd, making->name.backing, 0)) making->noted = false;
}

static int finish_entry(struct request *request, struct answer *answer, struct making *making, int failed) {
  struct fuse_entry_out *entry = (void *)request->reply;
  const bool made = !failed;
  if (!failed) failed = give_to_caller(request, making, making->name.backing);
  if (!failed) failed = making_entry(making, entry);
  if (failed && made) take_back(making);
  making_end(making, failed);
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}

static int make_file(struct making *making, mode_t mode) {
  uint8_t id[FILE_ID_SIZE];
  int failed = making_note_file(making, id);
  if (failed) return failed;
  int fd = openat(making->fd, making->name.backing, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
  if (fd < 0) return -errno;
  failed = making_header(fd, id);
  if (failed) unlinkat(making->fd, making->name.backing, 0);
  close(fd);
  return failed;
}

static int make_special(struct making *making, mode_t mode, uint32_t device) {
  const struct stat st = {.st_mode = mode, .st_rdev = device};
  uint8_t object[OBJECT_SIZE];
  integrity_object_of_special(&st, object);
  int failed = making_note(making, object);
  return failed ? failed : mknodat(making->fd, making->name.backing, mode, device) ? -errno : 0;
}

int op_mknod(struct request *request, struct answer *answer) {
  const struct fuse_mknod_in *in = (const void *)request->argument;
  struct making making;
  int failed = making_begin(request, (const char *)(in + 1), in->umask, &making);
  if (failed) return failed;
  failed = S_ISREG(in->mode) ? make_file(&making, in->mode) : make_special(&making, in->mode, in->rdev);
  return finish_entry(request, answer, &making, failed);
}

static int write_dir_id(int fd, const uint8_t id[DIR_ID_SIZE]) {
  int file = openat(fd, DIR_ID_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
  if (file < 0) return -errno;
  int failed = write(file, id, DIR_ID_SIZE) == DIR_ID_SIZE ? 0 : -EIO;
  close(file);
  return failed;
}

// Made under another name with its id in it, then renamed: no directory without an id is ever seen.
static int make_directory(const struct request *request, struct making *making, mode_t mode) {
  uint64_t random;
  uint8_t id[DIR_ID_SIZE];
  char temporary[64];
  if (getrandom(&random, sizeof random, 0) != sizeof random || getrandom(id, sizeof id, 0) != sizeof id) return -EIO;
  snprintf(temporary, sizeof temporary, TEMPORARY_PREFIX "%016llx", (unsigned long long)random);
  if (mkdirat(making->fd, temporary, mode | 0700)) return -errno;
  int fd = openat(making->fd, temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int failed = fd < 0 ? -errno : write_dir_id(fd, id);
  struct stat st;
  if (!failed) failed = give_to_caller(request, making, temporary);
  if (!failed && fstat(fd, &st)) failed = -errno;
  if (!failed && (mode & 0700) != 0700 && fchmod(fd, st.st_mode & 07777 & ~(0700 & ~mode))) failed = -errno;
  if (!failed) failed = making_note(making, id);
  if (!failed && renameat2(making->fd, temporary, making->fd, making->name.backing, RENAME_NOREPLACE)) failed = -errno;
  if (failed && fd >= 0) unlinkat(fd, DIR_ID_FILE, 0);
  if (failed) unlinkat(making->fd, temporary, AT_REMOVEDIR);
  if (fd >= 0) close(fd);
  return failed;
}

int op_mkdir(struct request *request, struct answer *answer) {
  const struct fuse_mkdir_in *in = (const void *)request->argument;
  struct fuse_entry_out *entry = (void *)request->reply;
  struct making making;
  int failed = making_begin(request, (const char *)(in + 1), in->umask, &making);
  if (failed) return failed;
  failed = make_directory(request, &making, in->mode & 07777);
  if (!failed && (failed = making_entry(&making, entry))) making.noted = false; // it stands, and stays noted
  making_end(&making, failed);
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}

static int answer_created(struct request *request, struct answer *answer, struct making *making, int fd) {
  struct fuse_entry_out *entry = (void *)request->reply;
  struct fuse_open_out *open = (void *)(entry + 1);
  struct file *file;
  struct stat st;
  if (fstat(fd, &st)) return -errno;
  int failed = entry_of(making->parent, making->name.backing, &st, entry);
  if (failed) return failed;
  failed = file_adopt(node_of(entry->nodeid), fd, &file);
  if (failed) node_forget(node_of(entry->nodeid), 1); // the kernel is not told of it
  if (failed) return failed;
  *open = (struct fuse_open_out){.fh = (uint64_t)(uintptr_t)file, .open_flags = FOPEN_KEEP_CACHE};
  *answer = (struct answer){entry, sizeof *entry + sizeof *open};
  return 0;
}

int op_create(struct request *request, struct answer *answer) {
  const struct fuse_create_in *in = (const void *)request->argument;
  struct making making;
  int failed = making_begin(request, (const char *)(in + 1), in->umask, &making);
  if (failed) return failed;
  // What integrity knows is not there must not be there.
  int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (int)(in->flags & (O_EXCL | O_TRUNC)) | (volume.integrity ? O_EXCL : 0);
  uint8_t id[FILE_ID_SIZE];
  failed = making_note_file(&making, id);
  int fd = failed ? -1 : openat(making.fd, making.name.backing, flags, in->mode & 07777);
  if (!failed) failed = fd < 0 ? -errno : making_header(fd, id);
  if (!failed) failed = give_to_caller(request, &making, making.name.backing);
  if (!failed) failed = answer_created(request, answer, &making, fd);
  if (failed && fd >= 0) close(fd);
  if (failed && fd >= 0 && (flags & O_EXCL)) take_back(&making);
  making_end(&making, failed);
  return failed;
}

int op_tmpfile(struct request *request, struct answer *answer) {
  const struct fuse_create_in *in = (const void *)request->argument;
  struct making making = {.parent = node_of(request->in->nodeid)};
  umask(in->umask);
  pthread_rwlock_rdlock(&tree_lock);
  int failed = directory_hold(making.parent, &making.fd);
  if (!failed) {
    int fd = openat(making.fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, in->mode & 07777);
    uint8_t id[FILE_ID_SIZE];
    failed = fd < 0 ? -errno : volume.own_files && fchown(fd, request->in->uid, request->in->gid) ? -errno : 0;
    if (!failed && volume.integrity) failed = getrandom(id, sizeof id, 0) == sizeof id ? making_header(fd, id) : -EIO;
    if (!failed) failed = answer_created(request, answer, &making, fd);
    if (!failed) { // it stands nowhere: only the descriptor leads to it
      char path[32];
      struct node *node = node_of(((struct fuse_entry_out *)request->reply)->nodeid);
      descriptor_path(fd, path);
      node_unlinked(node, making.parent, "", open(path, O_PATH | O_CLOEXEC));
      node_removed(node, id);
    } else if (fd >= 0) close(fd);
    node_release(making.parent);
  }
  pthread_rwlock_unlock(&tree_lock);
  return failed;
}

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
  return finish_entry(request, answer, &making, failed);
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
  if (!failed && (failed = making_entry(&making, entry))) take_back(&making);
  making_end(&making, failed);
  *answer = (struct answer){entry, sizeof *entry};
  return failed;
}
