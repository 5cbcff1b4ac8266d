#include "set_ids.h"
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What /proc/PID/status says of a caller behind that word, in `line`; null where it says nothing.
static char *status_of(uint32_t pid, const char *word, char line[4096]) {
  char path[32], *found = NULL;
  snprintf(path, sizeof path, "/proc/%u/status", pid);
  FILE *status = fopen(path, "re");
  while (status && !found && fgets(line, 4096, status))
    if (strncmp(line, word, strlen(word)) == 0) found = line + strlen(word);
  if (status) fclose(status);
  return found;
}

// A request names one group of its caller; this has the others: "Groups:\t24 25 \n".
static bool is_in_other_groups(uint32_t pid, gid_t gid) {
  char line[4096], *at = status_of(pid, "Groups:", line), *end = at;
  bool found = false;
  for (unsigned long group; at && !found && (group = strtoul(at, &end, 10), end != at); at = end) found = group == gid;
  return found;
}

// Whether it keeps them by CAP_FSETID. Of a process that is not seen from here its user alone is known.
static bool is_privileged(const struct request *request) {
  char line[4096];
  if (request->in->uid != 0) return false;
  const char *effective = status_of(request->in->pid, "CapEff:", line);
  return !effective || strtoull(effective, NULL, 16) & 1ull << CAP_FSETID;
}

// Without the right to run it for its group, the set-group-id bit stays for the group's members: setattr_should_drop_sgid in Linux.
static bool drops_group(const struct request *request, const struct stat *st) {
  if (st->st_mode & S_IXGRP) return true;
  return request->in->gid != st->st_gid && !is_privileged(request) && !is_in_other_groups(request->in->pid, st->st_gid);
}

mode_t set_ids_to_drop(const struct request *request, const struct stat *st) {
  if (!S_ISREG(st->st_mode)) return 0;
  mode_t drop = st->st_mode & S_ISUID;
  if (st->st_mode & S_ISGID && drops_group(request, st)) drop |= S_ISGID;
  return drop;
}

static int drop_from(const struct request *request, const struct file *file, bool privileged_keep) {
  struct stat st;
  if (fstat(file->fd, &st)) return -errno;
  mode_t drop = set_ids_to_drop(request, &st);
  if (drop == 0 || (privileged_keep && is_privileged(request))) return 0;
  // EPERM: of another user's file the server may not; and then the backing file system does it at the write that follows.
  if (fchmod(file->fd, st.st_mode & 07777 & ~drop) && errno == EPERM) return 0;
  channel_invalidate_attributes(node_of(request->in->nodeid));
  return 0;
}

int set_ids_drop(const struct request *request, const struct file *file) { return drop_from(request, file, false); }

int set_ids_drop_unless_privileged(const struct request *request, const struct file *file) { return drop_from(request, file, true); }
