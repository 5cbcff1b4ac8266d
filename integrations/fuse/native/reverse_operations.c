#include "operations.h"
#include "reverse.h"

#define ENTRY(opcode, function, argument, ...) [opcode] = {.run = function, .argument_size = argument, __VA_ARGS__}

// What reads. Whatever changes is refused by the kernel, since the mount is read-only.
static const struct operation_entry table[] = {
    ENTRY(FUSE_INIT, op_init, 16, .always = true),
    ENTRY(FUSE_DESTROY, op_destroy, 0, .always = true),
    ENTRY(FUSE_INTERRUPT, op_interrupt, 0, .always = true, .quiet = true),
    ENTRY(FUSE_LOOKUP, reverse_lookup, 1),
    ENTRY(FUSE_FORGET, op_forget, sizeof(struct fuse_forget_in), .always = true, .quiet = true),
    ENTRY(FUSE_BATCH_FORGET, op_batch_forget, sizeof(struct fuse_batch_forget_in), .always = true, .quiet = true),
    ENTRY(FUSE_GETATTR, reverse_getattr, sizeof(struct fuse_getattr_in), .always = true),
    ENTRY(FUSE_STATFS, op_statfs, 0, .always = true, .quiet = true),
    ENTRY(FUSE_OPEN, reverse_open, sizeof(struct fuse_open_in), .opens = true),
    ENTRY(FUSE_RELEASE, reverse_release, sizeof(struct fuse_release_in), .always = true),
    ENTRY(FUSE_READ, reverse_read, sizeof(struct fuse_read_in)),
    ENTRY(FUSE_LSEEK, reverse_lseek, sizeof(struct fuse_lseek_in)),
    ENTRY(FUSE_OPENDIR, reverse_opendir, sizeof(struct fuse_open_in), .opens = true),
    ENTRY(FUSE_READDIR, reverse_readdir, sizeof(struct fuse_read_in)),
    ENTRY(FUSE_RELEASEDIR, reverse_releasedir, sizeof(struct fuse_release_in), .always = true),
    ENTRY(FUSE_READLINK, reverse_readlink, 0),
    ENTRY(FUSE_GETXATTR, reverse_getxattr, sizeof(struct fuse_getxattr_in) + 1),
    ENTRY(FUSE_LISTXATTR, reverse_listxattr, sizeof(struct fuse_getxattr_in)),
};

const struct operation_entry *reverse_operation_of(uint32_t opcode) { return opcode < sizeof table / sizeof *table ? &table[opcode] : NULL; }
