/* Counts the calls that change files, over all processes of one run, and on the way sends a signal, makes calls fail,
   or turns the clock back. Loaded before all other libraries (LD_PRELOAD); what it is to do, the environment says:

   INJECT_MEMORY    a file of 24 bytes that all processes share: how many changes there were, the first process, and how
                    many calls were made to fail
   INJECT_AT        after which change to send INJECT_SIGNAL to INJECT_WHOM: `maker` (of that change), `first`, `group`
   INJECT_CALLS     names of calls (`link rename`) that fail with INJECT_ERRNO
   INJECT_UNDER     only those that are about a path with this text in it
   INJECT_FROM      beginning with the N-th such call; INJECT_TIMES: that many (0: all that follow)
   INJECT_CLOCK     seconds that are added to the time of day */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct shared {
    long changes, first, failed;
};

static struct shared *shared;
static long at, from, times, shift;
static int number, error;
static const char *whom = "", *calls = "", *under = "";

static long given(const char *name) {
    const char *value = getenv(name);
    return value ? atol(value) : 0;
}

static const char *said(const char *name) {
    const char *value = getenv(name);
    return value ? strdup(value) : "";
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("INJECT_MEMORY");
    if (!path) return;
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return;
    void *memory = mmap(0, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) return;
    at = given("INJECT_AT"), number = given("INJECT_SIGNAL"), whom = said("INJECT_WHOM");
    calls = said("INJECT_CALLS"), under = said("INJECT_UNDER"), error = given("INJECT_ERRNO");
    from = given("INJECT_FROM"), times = given("INJECT_TIMES"), shift = given("INJECT_CLOCK");
    shared = memory;
    long nobody = 0;
    __atomic_compare_exchange_n(&shared->first, &nobody, getpid(), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void changed(void) {
    if (!shared || __atomic_add_fetch(&shared->changes, 1, __ATOMIC_SEQ_CST) != at) return;
    kill(*whom == 'g' ? 0 : *whom == 'f' ? shared->first : getpid(), number);
}

static int listed(const char *name) {
    const char *found = calls;
    size_t length = strlen(name);
    while ((found = strstr(found, name))) {
        if ((found == calls || found[-1] == ' ') && (!found[length] || found[length] == ' ')) return 1;
        found += length;
    }
    return 0;
}

static int fails(const char *name, const char *path, const char *other) {
    if (!shared || !*calls || !listed(name)) return 0;
    if (*under && !(path && strstr(path, under)) && !(other && strstr(other, under))) return 0;
    long count = __atomic_add_fetch(&shared->failed, 1, __ATOMIC_SEQ_CST);
    if (count < from || (times && count >= from + times)) return 0;
    errno = error;
    return 1;
}

static int fails_file(const char *name, int file) {
    if (!shared || !*calls || !listed(name)) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    path[size < 0 ? 0 : size] = 0;
    return path[0] == '/' && fails(name, path, 0);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name)) dlsym(RTLD_NEXT, #name)
#define ABOUT_PATHS(name, parameters, arguments, path, other) \
    int name parameters { \
        REAL(name); \
        if (fails(#name, path, other)) return -1; \
        int result = real arguments; \
        if (result >= 0) changed(); \
        return result; }
#define ABOUT_FILE(type, name, parameters, arguments, counts) \
    type name parameters { \
        REAL(name); \
        if (fails_file(#name, file)) return -1; \
        type result = real arguments; \
        struct stat found; \
        if (counts && shared && syscall(SYS_fstat, file, &found) == 0 && S_ISREG(found.st_mode)) changed(); \
        return result; }
#define OPENING(name, first, given, path) \
    int name(first, int flags, ...) { \
        REAL(name); \
        mode_t mode = 0; \
        va_list rest; \
        va_start(rest, flags); \
        if (flags & (O_CREAT | __O_TMPFILE)) mode = va_arg(rest, mode_t); \
        va_end(rest); \
        if (fails(#name, path, 0)) return -1; \
        int result = real(given, flags, mode); \
        if (result >= 0 && flags & (O_CREAT | O_TRUNC)) changed(); \
        return result; }
#define COMMA ,

ABOUT_PATHS(rename, (const char *path, const char *other), (path, other), path, other)
ABOUT_PATHS(renameat, (int at, const char *path, int to, const char *other), (at, path, to, other), path, other)
ABOUT_PATHS(renameat2, (int at, const char *path, int to, const char *other, unsigned flags), (at, path, to, other, flags),
            path, other)
ABOUT_PATHS(link, (const char *path, const char *other), (path, other), path, other)
ABOUT_PATHS(linkat, (int at, const char *path, int to, const char *other, int flags), (at, path, to, other, flags), path,
            other)
ABOUT_PATHS(symlink, (const char *path, const char *other), (path, other), path, other)
ABOUT_PATHS(symlinkat, (const char *path, int at, const char *other), (path, at, other), path, other)
ABOUT_PATHS(unlink, (const char *path), (path), path, 0)
ABOUT_PATHS(unlinkat, (int at, const char *path, int flags), (at, path, flags), path, 0)
ABOUT_PATHS(rmdir, (const char *path), (path), path, 0)
ABOUT_PATHS(mkdir, (const char *path, mode_t mode), (path, mode), path, 0)
ABOUT_PATHS(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), path, 0)
ABOUT_PATHS(chmod, (const char *path, mode_t mode), (path, mode), path, 0)
ABOUT_PATHS(fchmodat, (int at, const char *path, mode_t mode, int flags), (at, path, mode, flags), path, 0)
ABOUT_PATHS(utimensat, (int at, const char *path, const struct timespec moments[2], int flags), (at, path, moments, flags),
            path, 0)
OPENING(open, const char *path, path, path)
OPENING(open64, const char *path, path, path)
OPENING(openat, int at COMMA const char *path, at COMMA path, path)
OPENING(openat64, int at COMMA const char *path, at COMMA path, path)
ABOUT_FILE(int, fchmod, (int file, mode_t mode), (file, mode), result >= 0)
ABOUT_FILE(int, futimens, (int file, const struct timespec moments[2]), (file, moments), result >= 0)
ABOUT_FILE(int, ftruncate, (int file, off_t size), (file, size), result >= 0)
ABOUT_FILE(int, fsync, (int file), (file), result >= 0)
ABOUT_FILE(int, syncfs, (int file), (file), result >= 0)
ABOUT_FILE(ssize_t, read, (int file, void *data, size_t size), (file, data, size), 0)
ABOUT_FILE(ssize_t, write, (int file, const void *data, size_t size), (file, data, size), result > 0)
ABOUT_FILE(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count), result > 0)
ABOUT_FILE(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at), result > 0)

int clock_gettime(clockid_t which, struct timespec *now) {
    REAL(clock_gettime);
    int result = real(which, now);
    if (shared && result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += shift;
    return result;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}
