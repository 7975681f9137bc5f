/*
 * Stands between a process and its disk (LD_PRELOAD), for the files below one folder:
 *
 *   FAULT_FOLDER  the folder; its own path without a symbolic link
 *   FAULT_LOG     gets a line for each step: `write state.db-wal 4096`, `sync ...`, `rename ...`
 *   FAULT_AT      number of the step, from 1 on, at which something goes wrong
 *   FAULT_KIND    kill: the process ends before the step; torn: after half of a write;
 *                 EIO: this one step fails; ENOSPC: this and all later writes fail
 *   FAULT_SHADOW  a folder that gets what is certainly on disk: content that was synced, and
 *                 names that were there when their folder was synced
 *   FAULT_RATE    how much faster than the real one the wall clock goes
 *   FAULT_EPOCH   since when, in seconds since 1970; else since the process began
 *
 * Memory maps are not seen: SQLite maps its -shm file only, which no crash has to spare.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The function that this one stands before. */
#define REAL(name)                                     \
  ({                                                   \
    static __typeof__(&name) found;                    \
    if (!found) found = dlsym(RTLD_NEXT, #name);       \
    found;                                             \
  })

static const char *folder, *shadow, *kind;
static long at, step;
static int logfd = -1;
static double rate = 1;
static struct timespec began;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("FAULT_FOLDER");
  shadow = getenv("FAULT_SHADOW");
  kind = getenv("FAULT_KIND");
  at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
  if (getenv("FAULT_LOG"))
    logfd = REAL(open)(getenv("FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (getenv("FAULT_RATE")) rate = atof(getenv("FAULT_RATE"));
  REAL(clock_gettime)(CLOCK_REALTIME, &began);
  if (getenv("FAULT_EPOCH")) {
    began.tv_sec = atol(getenv("FAULT_EPOCH"));
    began.tv_nsec = 0;
  }
}

/* The path below the folder, or NULL. The folder itself is "". */
static const char *below(const char *path) {
  size_t length = folder ? strlen(folder) : 0;
  if (length == 0 || strncmp(path, folder, length) != 0) return NULL;
  if (path[length] == 0) return "";
  if (path[length] != '/' || strstr(path, "-shm")) return NULL;
  return path + length + 1;
}

static const char *name_of(int fd, char *buffer, size_t size) {
  char link[64];
  if (folder == NULL) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  char *gone = strstr(buffer, " (deleted)");
  if (gone) *gone = 0;
  return below(buffer);
}

/* Of a write: half of it, and then the end. */
#define HALF -1
/* A disk writes one sector as a whole. */
#define SECTOR 512

/* Counts a step. 0: go on; HALF; else the error that it fails with. */
static int fault(const char *what, const char *name, size_t bytes) {
  char line[512];
  if (folder == NULL || name == NULL) return 0;
  long now = __sync_add_and_fetch(&step, 1);
  int size = snprintf(line, sizeof line, "%s %s %zu\n", what, name, bytes);
  if (logfd >= 0) REAL(write)(logfd, line, size);
  if (at == 0 || now < at) return 0;
  int writes = strcmp(what, "write") == 0;
  if (strcmp(kind, "ENOSPC") == 0) return writes ? ENOSPC : 0;
  if (now != at) return 0;
  if (strcmp(kind, "torn") == 0 && writes) return HALF;
  if (strcmp(kind, "EIO") == 0) return EIO;
  kill(getpid(), SIGKILL);
  return EIO;
}

static size_t half_of(size_t size) {
  return size <= SECTOR ? size : size / 2;
}

static void end_here(void) {
  kill(getpid(), SIGKILL);
}

static void copy(int from, const char *to) {
  char unfinished[4200], buffer[65536];
  snprintf(unfinished, sizeof unfinished, "%s.unfinished", to);
  int out = REAL(open)(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  off_t offset = 0;
  for (ssize_t size; (size = pread(from, buffer, sizeof buffer, offset)) > 0; offset += size)
    REAL(write)(out, buffer, size);
  close(out);
  REAL(rename)(unfinished, to);
}

/* What a file or folder is on disk once it was synced. */
static void keep(int fd, const char *name) {
  char path[4096], to[4096], child[8192];
  struct stat facts;
  if (shadow == NULL) return;
  if (*name != 0) {
    if (fstat(fd, &facts) != 0) return;
    snprintf(to, sizeof to, "%s/inode-%lu", shadow, (unsigned long)facts.st_ino);
    /* Read by a handle of its own: this one may be for writing only. */
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int from = REAL(open)(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) return;
    copy(from, to);
    close(from);
    return;
  }
  snprintf(to, sizeof to, "%s/names.unfinished", shadow);
  FILE *names = fopen(to, "w");
  DIR *entries = opendir(folder);
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (entry->d_type != DT_REG) continue;
    snprintf(child, sizeof child, "%s/%s", folder, entry->d_name);
    if (below(child)) fprintf(names, "%lu %s\n", (unsigned long)entry->d_ino, entry->d_name);
  }
  closedir(entries);
  fclose(names);
  snprintf(path, sizeof path, "%s/names", shadow);
  REAL(rename)(to, path);
}

ssize_t write(int fd, const void *data, size_t size) {
  char buffer[4096];
  int wrong = fault("write", name_of(fd, buffer, sizeof buffer), size);
  if (wrong == HALF) {
    REAL(write)(fd, data, half_of(size));
    end_here();
  }
  if (wrong) return errno = wrong, -1;
  return REAL(write)(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
  char buffer[4096];
  int wrong = fault("write", name_of(fd, buffer, sizeof buffer), size);
  if (wrong == HALF) {
    REAL(pwrite64)(fd, data, half_of(size), offset);
    end_here();
  }
  if (wrong) return errno = wrong, -1;
  return REAL(pwrite64)(fd, data, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  char buffer[4096];
  int wrong = fault("write", name_of(fd, buffer, sizeof buffer), 0);
  if (wrong == HALF) end_here();
  if (wrong) return errno = wrong, -1;
  return REAL(writev)(fd, parts, count);
}

int ftruncate64(int fd, off64_t size) {
  char buffer[4096];
  int wrong = fault("truncate", name_of(fd, buffer, sizeof buffer), 0);
  if (wrong == HALF) end_here();
  if (wrong) return errno = wrong, -1;
  return REAL(ftruncate64)(fd, size);
}

static int sync_with(int (*sync)(int), int fd) {
  char buffer[4096];
  const char *name = name_of(fd, buffer, sizeof buffer);
  int wrong = fault("sync", name, 0);
  if (wrong) return errno = wrong, -1;
  int result = sync(fd);
  if (result == 0 && name) keep(fd, name);
  return result;
}

int fsync(int fd) {
  return sync_with(REAL(fsync), fd);
}

int fdatasync(int fd) {
  return sync_with(REAL(fdatasync), fd);
}

int rename(const char *from, const char *to) {
  int wrong = fault("rename", below(to), 0);
  if (wrong) return errno = wrong, -1;
  return REAL(rename)(from, to);
}

int unlink(const char *path) {
  int wrong = fault("unlink", below(path), 0);
  if (wrong) return errno = wrong, -1;
  return REAL(unlink)(path);
}

static void hurry(time_t *seconds, long *nanoseconds) {
  double since = (double)(*seconds - began.tv_sec) + (double)(*nanoseconds - began.tv_nsec) / 1e9;
  double now = (double)began.tv_sec + (double)began.tv_nsec / 1e9 + since * rate;
  *seconds = (time_t)now;
  *nanoseconds = (long)((now - (double)*seconds) * 1e9);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = REAL(clock_gettime)(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME && rate != 1) hurry(&now->tv_sec, &now->tv_nsec);
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  int result = REAL(gettimeofday)(now, zone);
  if (result == 0 && rate != 1) {
    long nanoseconds = now->tv_usec * 1000L;
    hurry(&now->tv_sec, &nanoseconds);
    now->tv_usec = nanoseconds / 1000L;
  }
  return result;
}
