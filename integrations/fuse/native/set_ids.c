#include "set_ids.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A request names one group of its caller; the others are in /proc/PID/status: "Groups:\t24 25 \n".
static bool is_in_other_groups(uint32_t pid, gid_t gid) {
  char path[32], line[4096];
  snprintf(path, sizeof path, "/proc/%u/status", pid);
  FILE *status = fopen(path, "re");
  bool found = false, groups = false;
  while (status && !groups && fgets(line, sizeof line, status)) {
    groups = strncmp(line, "Groups:", 7) == 0;
    char *at = line + 7, *end = at;
    for (unsigned long group; groups && !found && (group = strtoul(at, &end, 10), end != at); at = end) found = group == gid;
  }
  if (status) fclose(status);
  return found;
}

// Without the right to run it for its group, the set-group-id bit stays for the group's members: setattr_should_drop_sgid in Linux.
static bool drops_group(const struct request *request, const struct stat *st) {
  if (st->st_mode & S_IXGRP) return true;
  return request->in->uid != 0 && request->in->gid != st->st_gid && !is_in_other_groups(request->in->pid, st->st_gid);
}

mode_t set_ids_to_drop(const struct request *request, const struct stat *st) {
  if (!S_ISREG(st->st_mode)) return 0;
  mode_t drop = st->st_mode & S_ISUID;
  if (st->st_mode & S_ISGID && drops_group(request, st)) drop |= S_ISGID;
  return drop;
}

int set_ids_drop(const struct request *request, const struct file *file) {
  struct stat st;
  if (fstat(file->fd, &st)) return -errno;
  mode_t drop = set_ids_to_drop(request, &st);
  // EPERM: of another user's file the server may not; and then the backing file system does it at the write that follows.
  if (drop == 0 || (fchmod(file->fd, st.st_mode & 07777 & ~drop) && errno == EPERM)) return 0;
  channel_invalidate_attributes(node_of(request->in->nodeid));
  return 0;
}
