// A few threads of this process that help a caller with work that can be shared, and otherwise sleep. Nothing waits for
// one that did not begin: on a busy machine the caller does all of it alone.
#ifndef HUFU_TEAM_H
#define HUFU_TEAM_H

#include <stddef.h>

// The caller and its helpers, at most.
#define TEAM_MAX 4

// Does a part of the work. Members have distinct numbers; the caller's is 0.
typedef void (*team_task)(void *work, size_t member);

// The caller and its helpers, on the processors that this process may use. The first call starts the helpers.
size_t team_size(void);

// Runs the task on the caller, and on up to members - 1 helpers meanwhile. When it returns none runs, and none will.
// While the team works for another thread the caller is alone.
void team_run(size_t members, team_task task, void *work);

#endif
