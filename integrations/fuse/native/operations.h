// Every operation, by the opcode of linux/fuse.h; operations.c has the table.
#pragma once
#include "channel.h"

operation op_init, op_destroy, op_lookup, op_forget, op_batch_forget, op_getattr, op_setattr, op_statfs;
operation op_open, op_release, op_read, op_write, op_fsync, op_fallocate, op_lseek;
operation op_opendir, op_readdir, op_readdirplus, op_releasedir, op_fsyncdir;
operation op_mknod, op_mkdir, op_create, op_tmpfile, op_symlink, op_readlink, op_link;
operation op_unlink, op_rmdir, op_rename, op_rename2;
operation op_getxattr, op_setxattr, op_listxattr, op_removexattr;
operation op_interrupt;
