// What node.c and directory.c share: the table of nodes, and its directories that are open.
#pragma once
#include "node.h"

extern pthread_mutex_t table_lock; // guards all nodes
extern struct node root_node;

// Begins with the root alone, which is open: 0 or a negative errno.
int directories_open(void);
// The rest under table_lock. As directory_hold.
int hold_directory(struct node *node, int *fd);
void directory_close(struct node *node);
