// A run of segments as of segments.h, by this thread and the team together.
#ifndef HUFU_SHARED_SEGMENTS_H
#define HUFU_SHARED_SEGMENTS_H

#include "segments.h"

// As segments_seal and segments_open: the same bytes, the same answer. False too when memory is short.
bool shared_segments_seal(const segment_run *run, span in, uint8_t *out);
bool shared_segments_open(const segment_run *run, span sealed, uint8_t *out);

#endif
