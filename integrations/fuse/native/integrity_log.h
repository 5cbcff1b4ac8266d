// The file of the integrity records: read whole, appended to, written anew when it has grown far beyond what it tells.
#pragma once
#include "integrity_record.h"

// Reads it from its beginning, into the state. -ENOENT, -EILSEQ where its beginning is not authentic, or another negative errno.
int log_load(int root_fd, bool for_writing);
// Reads what was appended since, by whoever serves the volume.
int log_refresh(int root_fd);
void log_close(void);
// Adds the record, whose sequence and MAC are set here. 0 or a negative errno.
int log_append(struct record *record);
// Whether so much more can be appended whatever happens to the store's free room.
int log_take_room(void);
int log_sync(void);
uint64_t log_sequence(void);
// Whether it is time to write it anew.
bool log_has_grown(void);
// Writes the state as a log of its own in place of the present one, durably.
int log_rewrite(int root_fd);
// The records of one epoch: begins another, or ends it.
int log_begin_epoch(void);
void log_end_epoch(void);
