#include "mount.h"
#include "volume.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int mount_by_call(const struct mounting *m) {
  struct stat st;
  char options[256];
  if (stat(m->mountpoint, &st)) return -errno;
  int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (fd < 0) return -errno;
  snprintf(options, sizeof options, "fd=%d,rootmode=%o,user_id=%u,group_id=%u,default_permissions,max_read=%u%s", fd, st.st_mode & S_IFMT, getuid(), getgid(),
           MAX_READ, m->allow_other ? ",allow_other" : "");
  if (mount(m->source, m->mountpoint, "fuse.hufu", MS_NOSUID | MS_NODEV | (m->read_only ? MS_RDONLY : 0), options) == 0) return fd;
  int error = errno;
  close(fd);
  return -error;
}

// fusermount3 sends the descriptor over the socket that _FUSE_COMMFD names.
static int receive_descriptor(int socket) {
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t size;
  while ((size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) continue;
  struct cmsghdr *header = size > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return -EPERM;
  int fd;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}

static int wait_for(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

// In the helper's options a comma and a backslash are told by a backslash.
static void escape_option(const char *text, char *escaped, size_t room) {
  for (; *text && room > 2; text++) {
    if (*text == ',' || *text == '\\') *escaped++ = '\\', room--;
    *escaped++ = *text, room--;
  }
  *escaped = 0;
}

// Node has them closed in whatever it did not start itself, and then nobody would read what the helper complains of.
static void keep_standard_descriptors(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) fcntl(fd, F_SETFD, 0);
}

static int mount_by_helper(const struct mounting *m) {
  int sockets[2];
  char number[16], source[2 * PATH_MAX], options[sizeof source + 256];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) return -errno;
  escape_option(m->source, source, sizeof source);
  snprintf(number, sizeof number, "%d", sockets[1]);
  snprintf(options, sizeof options, "nosuid,nodev,default_permissions,max_read=%u,subtype=hufu,fsname=%s%s%s", MAX_READ, source, m->read_only ? ",ro" : "", m->allow_other ? ",allow_other" : "");
  pid_t child = fork();
  if (child == 0) {
    close(sockets[0]);
    keep_standard_descriptors();
    setenv("_FUSE_COMMFD", number, 1);
    execlp("fusermount3", "fusermount3", "-o", options, "--", m->mountpoint, (char *)NULL);
    _exit(127);
  }
  close(sockets[1]);
  int fd = child < 0 ? -errno : receive_descriptor(sockets[0]);
  close(sockets[0]);
  if (child > 0 && wait_for(child) != 0 && fd >= 0) {
    close(fd);
    fd = -EPERM;
  }
  return fd;
}

int mount_fuse(const struct mounting *mounting) { return geteuid() == 0 ? mount_by_call(mounting) : mount_by_helper(mounting); }

int unmount_fuse(const char *mountpoint, bool lazy) {
  if (geteuid() == 0) return umount2(mountpoint, UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)) ? -errno : 0;
  pid_t child = fork();
  if (child == 0) {
    keep_standard_descriptors();
    execlp("fusermount3", "fusermount3", lazy ? "-uz" : "-u", "--", mountpoint, (char *)NULL);
    _exit(127);
  }
  if (child < 0) return -errno;
  return wait_for(child) == 0 ? 0 : -EBUSY;
}
