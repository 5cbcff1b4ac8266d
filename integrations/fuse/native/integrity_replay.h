// What the records of a log tell, from its first one on; of a server that was killed, or of a machine that ended, with what that leaves in doubt.
#pragma once
#include "integrity_record.h"
#include <stddef.h>

// Does it to the state, which is clear. 0 or a negative errno.
int replay(const struct record *records, size_t count);
