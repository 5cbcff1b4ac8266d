// Attributes and directory entries as the kernel wants them.
#pragma once
#include "channel.h"

// The attributes of a backing file, its size as the plaintext's.
void attributes_of(const struct stat *st, struct fuse_attr *attr);
// Answers with the attributes of a backing file. 0.
int answer_attributes(struct request *request, struct answer *answer, const struct stat *st);
// fstatat of a node, wherever it stands. Takes tree_lock for reading.
int node_stat(struct node *node, struct stat *st);
// Finds or makes the node of (parent, backing) and fills the entry. 0 or a negative errno.
int entry_of(struct node *parent, const char *backing, const struct stat *st, struct fuse_entry_out *entry);
// Path for the calls that need one and follow no link: "/proc/self/fd/N" of the place's descriptor.
void descriptor_path(int fd, char path[32]);
