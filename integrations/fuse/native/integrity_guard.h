// What the parts of the integrity records share.
#pragma once
#include "integrity.h"

extern pthread_mutex_t integrity_lock; // guards the state and the log
extern bool integrity_noting;          // changes are noted: the volume is open for writing
// Under the lock: appends the record and does to the state what it tells. 0 or a negative errno.
int integrity_note_record(struct record *record);
