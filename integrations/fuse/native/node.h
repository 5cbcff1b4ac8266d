// What the kernel knows: a node for each file it has looked up, and where that file stands among the backing files.
#pragma once
#include "name.h"

struct file;

struct node {
  uint64_t device, inode;      // of the backing file: hard links are one node
  struct node *parent;         // and `backing` in it: one place where it stands
  char *backing;
  mode_t type;                 // S_IFMT bits
  uint64_t lookups;            // the kernel's references
  uint32_t children, users;    // nodes below it; operations that use its directory now, and its open content
  int dir_fd;                  // a directory: open while used lately, otherwise -1
  bool has_dir_id, listed;     // listed: what is in it was compared with what is known
  bool removed;                // a file: no name leads to it, and what is known of it is forgotten with the node
  union {
    uint8_t dir_id[DIR_ID_SIZE];
    uint8_t file_id[FILE_ID_SIZE]; // of a removed one
  };
  int pinned_fd;               // O_PATH where the name is gone or another link may be; otherwise -1
  union {                      // its content while it is open
    struct file *file;
    struct view *view;         // in a reverse view
  };
  struct node *next;           // in its bucket
  struct node *newer, *older;  // directories in the order of their use
};

// Where a node stands, for the *at calls: `name` is "" (with AT_EMPTY_PATH) where only `fd` leads to it.
struct place {
  struct node *directory; // held until place_release
  int fd;
  char name[NAME_MAX + 1];
};

// Held for reading while a place is used, for writing while places change (rename, unlink, link).
extern pthread_rwlock_t tree_lock;

int nodes_open(int root_fd);
void nodes_close(void);
size_t nodes_count(void);
struct node *node_of(uint64_t id);
uint64_t node_id(const struct node *node);
// The node of a backing file, made when it is new, with one more lookup. Null when memory is short.
struct node *node_found(struct node *parent, const char *backing, const struct stat *st);
void node_forget(struct node *node, uint64_t lookups);
// Keeps the node, whatever the kernel forgets, until it is released.
void node_hold(struct node *node);
void node_release(struct node *node);
void node_moved(struct node *node, struct node *parent, const char *backing);
// The name (parent, backing) of the node is gone; from now on `fd` (O_PATH, now the node's) leads to it.
void node_unlinked(struct node *node, struct node *parent, const char *backing, int fd);
// Opens the directory and reads its id: 0 or a negative errno. Every success is given back with node_release.
int directory_hold(struct node *node, int *fd);
int place_hold(struct node *node, struct place *place);
void place_release(struct place *place);
// No name leads to the file with that id. It may still be opened by who had found it, so what is known of it goes with the node.
void node_removed(struct node *node, const uint8_t file_id[FILE_ID_SIZE]);
// The backing names from the root to the node, joined by '/', with no zero at its end: how many bytes, 0 where nothing leads to
// it or there is no room.
size_t node_path(struct node *node, char *path, size_t room);
// The id of a directory, which is held.
void directory_id(struct node *node, uint8_t id[DIR_ID_SIZE]);
// Where the node stands: its directory's id, and its backing name there. False where no name leads to it.
bool node_standing(const struct node *node, uint8_t directory[DIR_ID_SIZE], char backing[NAME_MAX + 1]);
// The node of that backing file if the kernel knows it. Not held.
struct node *node_known(const struct stat *st);
// The ids of every node that the kernel holds, in memory of the caller's, and how many. Some may be gone when it looks at them.
size_t nodes_ids(uint64_t **ids);
