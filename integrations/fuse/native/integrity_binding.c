// What is known of a volume, from TypeScript: for a process that verifies one.
#include "binding.h"
#include "integrity.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct entry_arguments {
  uint8_t directory[DIR_ID_SIZE], object[OBJECT_SIZE];
  char backing[NAME_MAX + 2];
};

static bool read_entry(napi_env env, const napi_value *arguments, size_t count, struct entry_arguments *entry) {
  return binding_bytes(env, arguments[0], entry->directory, DIR_ID_SIZE) && binding_text(env, arguments[1], entry->backing, sizeof entry->backing) &&
         (count < 3 || binding_bytes(env, arguments[2], entry->object, OBJECT_SIZE));
}

// knownEntry(directoryId, backingName, object): 2 where that is where it leads, 1 where it may be anything, 0 where it is not there
// or leads elsewhere
static napi_value known_entry(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  struct entry_arguments entry;
  uint8_t object[OBJECT_SIZE];
  if (!read_entry(env, arguments, 3, &entry)) return binding_number(env, -EINVAL);
  enum known known = volume.integrity ? integrity_entry(entry.directory, entry.backing, object) : KNOWN;
  if (volume.integrity && known == KNOWN && memcmp(object, entry.object, OBJECT_SIZE) != 0) known = KNOWN_NOT;
  return binding_number(env, known);
}

// knownEntries(directoryId): how many entries it has
static napi_value known_entries(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  uint8_t id[DIR_ID_SIZE];
  return binding_number(env, binding_bytes(env, arguments[0], id, sizeof id) ? (int64_t)integrity_entries(id) : -EINVAL);
}

// knownChanges(directoryId): the same number twice, and none of its entries changed between
static napi_value known_changes(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  uint8_t id[DIR_ID_SIZE];
  return binding_number(env, binding_bytes(env, arguments[0], id, sizeof id) ? (int64_t)integrity_entry_changes(id) : -EINVAL);
}

// knownCounts(): how much is known, of a volume that is served or verified here
static napi_value known_counts(napi_env env, napi_callback_info info) {
  const struct integrity_counts counts = integrity_count();
  napi_value object;
  (void)info;
  napi_create_object(env, &object);
  napi_set_named_property(env, object, "entries", binding_number(env, (int64_t)counts.entries));
  napi_set_named_property(env, object, "files", binding_number(env, (int64_t)counts.files));
  napi_set_named_property(env, object, "directories", binding_number(env, (int64_t)counts.directories));
  return object;
}

// isKnownRoot(directoryId)
static napi_value is_known_root(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  uint8_t id[DIR_ID_SIZE];
  napi_value result;
  napi_get_boolean(env, binding_bytes(env, arguments[0], id, sizeof id) && integrity_is_root(id), &result);
  return result;
}

// refreshKnown(): reads what a mount has noted meanwhile
static napi_value refresh_known(napi_env env, napi_callback_info info) {
  (void)info;
  return binding_number(env, integrity_refresh(volume.root_fd));
}

static void object_result(napi_env env, const uint8_t *object, napi_value *result) { napi_create_buffer_copy(env, OBJECT_SIZE, object, NULL, result); }

// objectOfTarget(text): where a symlink leads, as it is known
static napi_value object_of_target(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char text[PATH_MAX + 1];
  uint8_t object[OBJECT_SIZE];
  napi_value result;
  if (!binding_text(env, arguments[0], text, sizeof text)) return binding_number(env, -EINVAL);
  integrity_object_of_target(text, strlen(text), object);
  object_result(env, object, &result);
  return result;
}

// objectOfSpecial(path): what a pipe, socket or device is, as it is known
static napi_value object_of_special(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char path[PATH_MAX];
  uint8_t object[OBJECT_SIZE];
  struct stat st;
  napi_value result;
  if (!binding_text(env, arguments[0], path, sizeof path)) return binding_number(env, -EINVAL);
  if (lstat(path, &st)) return binding_number(env, -errno);
  integrity_object_of_special(&st, object);
  object_result(env, object, &result);
  return result;
}

// acceptBegin(rootId): forgets what was known; between verifyWith and verifyEnd
static napi_value accept_begin(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  uint8_t id[DIR_ID_SIZE];
  if (volume.root_fd < 0 || !binding_bytes(env, arguments[0], id, sizeof id)) return binding_number(env, -EINVAL);
  volume.integrity = true;
  return binding_number(env, integrity_accept_begin(volume.root_fd, id));
}

// acceptFile(path): the file's id, or a negative errno
static napi_value accept_file(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char path[PATH_MAX];
  uint8_t id[FILE_ID_SIZE];
  napi_value result;
  if (!binding_text(env, arguments[0], path, sizeof path)) return binding_number(env, -EINVAL);
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return binding_number(env, -errno);
  int failed = integrity_accept_file(fd, id);
  close(fd);
  if (failed) return binding_number(env, failed);
  object_result(env, id, &result);
  return result;
}

// acceptEntry(directoryId, backingName, object)
static napi_value accept_entry(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  struct entry_arguments entry;
  if (!read_entry(env, arguments, 3, &entry)) return binding_number(env, -EINVAL);
  return binding_number(env, integrity_accept_entry(entry.directory, entry.backing, entry.object));
}

// acceptEnd(): writes it
static napi_value accept_end(napi_env env, napi_callback_info info) {
  (void)info;
  return binding_number(env, integrity_accept_end(volume.root_fd));
}

bool integrity_functions(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"knownEntry", NULL, known_entry, NULL, NULL, NULL, napi_default, NULL},         {"knownEntries", NULL, known_entries, NULL, NULL, NULL, napi_default, NULL},
      {"knownChanges", NULL, known_changes, NULL, NULL, NULL, napi_default, NULL},
      {"knownCounts", NULL, known_counts, NULL, NULL, NULL, napi_default, NULL},
      {"isKnownRoot", NULL, is_known_root, NULL, NULL, NULL, napi_default, NULL},      {"refreshKnown", NULL, refresh_known, NULL, NULL, NULL, napi_default, NULL},
      {"objectOfTarget", NULL, object_of_target, NULL, NULL, NULL, napi_default, NULL}, {"objectOfSpecial", NULL, object_of_special, NULL, NULL, NULL, napi_default, NULL},
      {"acceptBegin", NULL, accept_begin, NULL, NULL, NULL, napi_default, NULL},       {"acceptFile", NULL, accept_file, NULL, NULL, NULL, napi_default, NULL},
      {"acceptEntry", NULL, accept_entry, NULL, NULL, NULL, napi_default, NULL},       {"acceptEnd", NULL, accept_end, NULL, NULL, NULL, napi_default, NULL},
  };
  return napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) == napi_ok;
}
