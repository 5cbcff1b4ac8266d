// The whole state as the records of a log that is new.
#pragma once

// Appends them and makes them durable. 0 or a negative errno.
int snapshot_write(void);
