#include "operations.h"
#include "reverse.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#define ENTRY(opcode, function, argument, ...) [opcode] = {.run = function, .argument_size = argument, __VA_ARGS__}

// No FUSE_FLUSH, which the kernel then leaves out: before it would ask at a close, it has written what it held and told the error.
static const struct operation_entry table[] = {
    ENTRY(FUSE_INIT, op_init, 16, .always = true),
    ENTRY(FUSE_DESTROY, op_destroy, 0, .always = true),
    ENTRY(FUSE_INTERRUPT, op_interrupt, 0, .always = true, .quiet = true),
    ENTRY(FUSE_LOOKUP, op_lookup, 1),
    ENTRY(FUSE_FORGET, op_forget, sizeof(struct fuse_forget_in), .always = true, .quiet = true),
    ENTRY(FUSE_BATCH_FORGET, op_batch_forget, sizeof(struct fuse_batch_forget_in), .always = true, .quiet = true),
    ENTRY(FUSE_GETATTR, op_getattr, sizeof(struct fuse_getattr_in), .always = true),
    ENTRY(FUSE_SETATTR, op_setattr, sizeof(struct fuse_setattr_in), .changes = true),
    ENTRY(FUSE_STATFS, op_statfs, 0, .always = true, .quiet = true),
    ENTRY(FUSE_OPEN, op_open, sizeof(struct fuse_open_in), .opens = true),
    ENTRY(FUSE_RELEASE, op_release, sizeof(struct fuse_release_in), .always = true),
    ENTRY(FUSE_READ, op_read, sizeof(struct fuse_read_in)),
    ENTRY(FUSE_WRITE, op_write, sizeof(struct fuse_write_in), .changes = true),
    ENTRY(FUSE_FSYNC, op_fsync, sizeof(struct fuse_fsync_in), .always = true),
    ENTRY(FUSE_FALLOCATE, op_fallocate, sizeof(struct fuse_fallocate_in), .changes = true),
    ENTRY(FUSE_LSEEK, op_lseek, sizeof(struct fuse_lseek_in)),
    ENTRY(FUSE_OPENDIR, op_opendir, sizeof(struct fuse_open_in), .opens = true),
    ENTRY(FUSE_READDIR, op_readdir, sizeof(struct fuse_read_in)),
    ENTRY(FUSE_READDIRPLUS, op_readdirplus, sizeof(struct fuse_read_in)),
    ENTRY(FUSE_RELEASEDIR, op_releasedir, sizeof(struct fuse_release_in), .always = true),
    ENTRY(FUSE_FSYNCDIR, op_fsyncdir, sizeof(struct fuse_fsync_in), .always = true),
    ENTRY(FUSE_MKNOD, op_mknod, sizeof(struct fuse_mknod_in) + 1, .changes = true),
    ENTRY(FUSE_MKDIR, op_mkdir, sizeof(struct fuse_mkdir_in) + 1, .changes = true),
    ENTRY(FUSE_CREATE, op_create, sizeof(struct fuse_create_in) + 1, .changes = true, .opens = true),
    ENTRY(FUSE_TMPFILE, op_tmpfile, sizeof(struct fuse_create_in), .changes = true, .opens = true),
    ENTRY(FUSE_SYMLINK, op_symlink, 2, .changes = true),
    ENTRY(FUSE_READLINK, op_readlink, 0),
    ENTRY(FUSE_LINK, op_link, sizeof(struct fuse_link_in) + 1, .changes = true),
    ENTRY(FUSE_UNLINK, op_unlink, 1, .changes = true),
    ENTRY(FUSE_RMDIR, op_rmdir, 1, .changes = true),
    ENTRY(FUSE_RENAME, op_rename, sizeof(struct fuse_rename_in) + 2, .changes = true),
    ENTRY(FUSE_RENAME2, op_rename2, sizeof(struct fuse_rename2_in) + 2, .changes = true),
    ENTRY(FUSE_GETXATTR, op_getxattr, sizeof(struct fuse_getxattr_in) + 1),
    ENTRY(FUSE_SETXATTR, op_setxattr, FUSE_COMPAT_SETXATTR_IN_SIZE + 1, .changes = true),
    ENTRY(FUSE_LISTXATTR, op_listxattr, sizeof(struct fuse_getxattr_in)),
    ENTRY(FUSE_REMOVEXATTR, op_removexattr, 1, .changes = true),
};

const struct operation_entry *operation_of(uint32_t opcode) {
  if (volume.reverse) return reverse_operation_of(opcode);
  return opcode < sizeof table / sizeof *table ? &table[opcode] : NULL;
}

// What of the kernel's offers is taken. Locks are not: the kernel keeps them by itself, since one server serves the mount.
// Truncating while opening is not: the kernel would leave the set-id bits of another user's file as they are.
// Set-id bits are the server's to take away (killpriv): otherwise the kernel asks with every write whether there is something to take.
static const uint32_t wanted = FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO | FUSE_ASYNC_DIO |
                               FUSE_PARALLEL_DIROPS | FUSE_WRITEBACK_CACHE | FUSE_POSIX_ACL | FUSE_MAX_PAGES | FUSE_CACHE_SYMLINKS | FUSE_DONT_MASK |
                               FUSE_HANDLE_KILLPRIV_V2;

// A plain directory changes under its view: the kernel is to keep nothing.
static const uint32_t unwanted_in_reverse = FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO | FUSE_WRITEBACK_CACHE | FUSE_CACHE_SYMLINKS;

int op_init(struct request *request, struct answer *answer) {
  const struct fuse_init_in *in = (const void *)request->argument;
  struct fuse_init_out *out = (void *)request->reply;
  if (in->major != FUSE_KERNEL_VERSION) return -EPROTO;
  *out = (struct fuse_init_out){.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_readahead = READ_AHEAD_MAX,
                                .flags = in->flags & wanted & ~(volume.reverse ? unwanted_in_reverse : 0), .max_background = 64, .congestion_threshold = 48, .max_write = MAX_WRITE,
                                .time_gran = 1, .max_pages = MAX_WRITE / 4096};
  *answer = (struct answer){out, sizeof *out};
  return 0;
}

int op_destroy(struct request *request, struct answer *answer) {
  (void)request, (void)answer;
  return 0;
}

// Operations are short: an interrupted one is answered like any other.
int op_interrupt(struct request *request, struct answer *answer) {
  (void)request, (void)answer;
  return ANSWER_NONE;
}
