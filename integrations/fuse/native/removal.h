// Taking entries away from the backing files, under tree_lock for writing. 0 or a negative errno.
#pragma once
#include "integrity.h"
#include "node.h"

typedef int remover(struct node *parent, int parent_fd, const char *backing);
// What the kernel still knows keeps a descriptor, since no name leads to it any more.
remover remove_file;
// Renamed out of sight first, so that a crash leaves no directory without its id under a name of the user's.
remover remove_directory;
// The last name of a file is gone.
void forget_file(struct node *node, const uint8_t id[FILE_ID_SIZE]);
