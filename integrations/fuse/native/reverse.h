// The reverse view: a plain directory shown as the volume that it would be. docs/formats/volume-reverse.md
#pragma once
#include "channel.h"

#define REVERSE_HEADER ".hufu.volume" // in the plain directory
#define VOLUME_HEADER "hufu.volume"   // in the view

// Devices of the files that the view has over the plain directory. No file system has such numbers.
#define DEVICE_HEADER (UINT64_MAX - 2)
#define DEVICE_SIDECAR (UINT64_MAX - 1)
#define DEVICE_DIR_ID UINT64_MAX

const struct operation_entry *reverse_operation_of(uint32_t opcode);
operation reverse_lookup, reverse_getattr, reverse_readlink, reverse_open, reverse_release, reverse_read, reverse_lseek;
operation reverse_opendir, reverse_readdir, reverse_releasedir, reverse_getxattr, reverse_listxattr;

// The size of a plain entry, or of a file of the view's own, as the view shows it.
uint64_t reverse_shown_size(const struct stat *st);
// The id that content and values of an entry are sealed by. `place` is held.
int reverse_entry_id(struct node *node, const struct place *place, const struct stat *st, uint8_t id[DIR_ID_SIZE]);

// What a file of the view's own looks like, made of what its directory looks like.
void reverse_stat_dir_id(const struct stat *directory, struct stat *st);
void reverse_stat_sidecar(const struct stat *directory, const struct name *name, struct stat *st);
// Of the header, from that of the plain directory.
void reverse_stat_header(struct stat *st);

// Whether the entry of that directory is not shown: the header has another name in the view.
bool reverse_is_hidden(const struct node *directory, const char *plain);
// The plain name that stands as `backing` (a long entry) in the directory: 0, -ENOENT or another negative errno.
int reverse_find_long(int fd, const uint8_t dir_id[DIR_ID_SIZE], const char *backing, char plain[NAME_MAX_PLAIN + 1]);
// Remembers it, so that looking it up needs no search.
void reverse_note_long(const uint8_t dir_id[DIR_ID_SIZE], const char *backing, const char *plain);

void views_forget_keys(void);
void views_close(void);
