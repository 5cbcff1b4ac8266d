// What TypeScript can do with a volume: mount, serve, take its keys away, unmount.
#include "channel.h"
#include "integrity.h"
#include "journal.h"
#include "lock.h"
#include "mount.h"
#include "reverse.h"
#include "suite.h"
#include "binding.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static napi_threadsafe_function ended_callback;
static char mounted_at[PATH_MAX];

static void ended(void) { napi_call_threadsafe_function(ended_callback, NULL, napi_tsfn_blocking); }

// The kernel has let go: nothing is in use any more, and the process may serve another volume.
static void reset(void) {
  files_close();
  views_close();
  nodes_close();
  journal_close();
  integrity_close();
  if (volume.root_fd >= 0) close(volume.root_fd);
  volume.root_fd = -1;
  volume.integrity = false;
  explicit_bzero(&volume.keys, sizeof volume.keys);
}

static void call_ended(napi_env env, napi_value callback, void *context, void *data) {
  napi_value undefined;
  (void)context, (void)data;
  reset();
  if (!env) return;
  napi_get_undefined(env, &undefined);
  napi_call_function(env, undefined, callback, 0, NULL, NULL);
  napi_release_threadsafe_function(ended_callback, napi_tsfn_release);
}

// mount(mountpoint, source, readOnly, allowOther): descriptor or negative errno
static napi_value mount_volume(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  char mountpoint[PATH_MAX], source[PATH_MAX];
  struct mounting mounting = {.mountpoint = mountpoint, .source = source};
  if (!binding_text(env, arguments[0], mountpoint, sizeof mountpoint) || !binding_text(env, arguments[1], source, sizeof source)) return binding_number(env, -EINVAL);
  napi_get_value_bool(env, arguments[2], &mounting.read_only);
  napi_get_value_bool(env, arguments[3], &mounting.allow_other);
  strcpy(mounted_at, mountpoint);
  return binding_number(env, mount_fuse(&mounting));
}

// What programs have written and the kernel still holds is sealed while the keys are there.
static void flush_kernel(void) {
  int fd = open(mounted_at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  syncfs(fd);
  close(fd);
}

// unmount(mountpoint, lazy): 0 or negative errno
static napi_value unmount_volume(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  char mountpoint[PATH_MAX];
  bool lazy = false;
  if (!binding_text(env, arguments[0], mountpoint, sizeof mountpoint)) return binding_number(env, -EINVAL);
  napi_get_value_bool(env, arguments[1], &lazy);
  return binding_number(env, unmount_fuse(mountpoint, lazy));
}

// What must be ready before the first request: the tree's root, what a killed server had begun, the journal, a session.
static int prepare(const char *backing, int threads, bool read_only, uint64_t least) {
  volume.own_files = geteuid() == 0;
  atomic_store(&volume.access, read_only ? ACCESS_READ_ONLY : ACCESS_FULL);
  if ((volume.root_fd = open(backing, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) return -errno;
  int failed = lock_take(volume.root_fd, read_only);
  if (!failed) failed = integrity_open(volume.root_fd, read_only, least);
  if (!failed && !read_only && (failed = journal_recover(volume.root_fd)) > 0) failed = 0;
  if (!failed) failed = journal_open(volume.root_fd, threads, read_only);
  if (!failed) failed = nodes_open(volume.root_fd);
  int64_t epoch = failed ? failed : integrity_begin();
  return epoch < 0 ? (int)epoch : block_session_begin((uint64_t)epoch);
}

// start(fd, backing, suite, blockSize, threads, readOnly, keys, ended, reverse, leastChange), the last -1 without integrity: 0 or
// negative errno
static napi_value start(napi_env env, napi_callback_info info) {
  ARGUMENTS(10);
  char backing[PATH_MAX];
  int32_t fd, threads, suite;
  int64_t least;
  bool read_only = false;
  napi_value name;
  napi_get_value_int32(env, arguments[0], &fd);
  if (volume.root_fd >= 0) return binding_number(env, -EBUSY); // one volume a process
  if (!binding_text(env, arguments[1], backing, sizeof backing) || napi_get_value_int32(env, arguments[2], &suite) != napi_ok ||
      napi_get_value_uint32(env, arguments[3], &volume.block_size) != napi_ok || volume.block_size > BLOCK_SIZE_MAX ||
      napi_get_value_int32(env, arguments[4], &threads) != napi_ok || threads < 1 || threads > JOURNAL_SLOTS_MAX)
    return binding_number(env, -EINVAL);
  volume.suite = (uint8_t)suite;
  napi_get_value_bool(env, arguments[5], &read_only);
  volume.reverse = false;
  napi_get_value_bool(env, arguments[8], &volume.reverse);
  if (napi_get_value_int64(env, arguments[9], &least) != napi_ok) return binding_number(env, -EINVAL);
  volume.integrity = least >= 0;
  if (binding_keys(env, arguments[6])) return binding_number(env, -EINVAL);
  int failed = prepare(backing, threads, read_only, (uint64_t)least);
  if (failed) {
    reset();
    return binding_number(env, failed);
  }
  napi_create_string_utf8(env, "hufu volume", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, arguments[7], NULL, name, 0, 1, NULL, NULL, NULL, call_ended, &ended_callback) != napi_ok) return binding_number(env, -ENOMEM);
  return binding_number(env, channel_start(fd, threads, ended));
}

// setAccess('full' | 'no-opens' | 'read-only' | 'revoked', [keys]): revoking zeroises the keys
static napi_value set_access(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  char word[16];
  if (!binding_text(env, arguments[0], word, sizeof word)) return binding_number(env, -EINVAL);
  if (strcmp(word, "revoked") == 0) {
    flush_kernel();
    atomic_store(&volume.access, ACCESS_REVOKED);
    pthread_rwlock_wrlock(&volume.keys_lock);
    explicit_bzero(&volume.keys, sizeof volume.keys);
    pthread_rwlock_unlock(&volume.keys_lock);
    files_forget_keys();
    views_forget_keys();
    channel_wipe_threads();
    channel_invalidate_all();
    return binding_number(env, 0);
  }
  if (argument_count == 2 && binding_keys(env, arguments[1])) return binding_number(env, -EINVAL);
  bool read_only = strcmp(word, "read-only") == 0;
  if (read_only) flush_kernel(); // what programs had written before belongs to the file
  atomic_store(&volume.access, read_only ? ACCESS_READ_ONLY : strcmp(word, "no-opens") == 0 ? ACCESS_NO_OPENS : ACCESS_FULL);
  return binding_number(env, 0);
}

// integritySequence(): the last change that is known, of a volume with integrity
static napi_value integrity_sequence_of(napi_env env, napi_callback_info info) {
  (void)info;
  return binding_number(env, (int64_t)integrity_sequence());
}

// idle(): milliseconds since anybody used the mount
static napi_value idle(napi_env env, napi_callback_info info) {
  (void)info;
  return binding_number(env, channel_idle());
}

// nodes(): how many files the kernel holds
static napi_value nodes(napi_env env, napi_callback_info info) {
  (void)info;
  return binding_number(env, (int64_t)nodes_count());
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"mount", NULL, mount_volume, NULL, NULL, NULL, napi_default, NULL},   {"unmount", NULL, unmount_volume, NULL, NULL, NULL, napi_default, NULL},
      {"start", NULL, start, NULL, NULL, NULL, napi_default, NULL},          {"setAccess", NULL, set_access, NULL, NULL, NULL, napi_default, NULL},
      {"idle", NULL, idle, NULL, NULL, NULL, napi_default, NULL},            {"integritySequence", NULL, integrity_sequence_of, NULL, NULL, NULL, napi_default, NULL},
      {"nodes", NULL, nodes, NULL, NULL, NULL, napi_default, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  log_functions(env, exports);
  name_functions(env, exports);
  verify_functions(env, exports);
  integrity_functions(env, exports);
  return exports;
}
