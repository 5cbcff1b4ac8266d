// Seeks for data and holes, on a thread of their own: before the backing file tells, the kernel must have written what it
// still holds of the file, and the threads that serve those writes must not be waiting for it.
#pragma once
#include "channel.h"

int seeker_start(void);
// Answers what was taken, then ends.
void seeker_stop(void);
// Takes the request over: it is answered later. 0 or a negative errno.
int seeker_take(const struct request *request, struct file *file, uint64_t offset, int whence);
