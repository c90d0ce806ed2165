/* A cut of power, for tests: what a process wrote under a folder is on the disk only once it was synced.

   Loaded before the C library. powercut_arm(root, shadow, cut) begins: each call that changes files under `root` is an
   event; at the event numbered `cut` the process ends at once. fsync of a file copies its content to shadow/data/INODE,
   fsync of a folder its names to shadow/dirs/INODE: nothing else is on the disk. The folder must be on a file system that never
   gives an inode's number again (tmpfs). Calls that are not caught here are no moments of a cut, and nothing worse. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[4096], shadow[4096];
static size_t root_length;
static long cut, events;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void powercut_arm(const char *of, const char *into, long at) {
    snprintf(root, sizeof root, "%s", of);
    snprintf(shadow, sizeof shadow, "%s", into);
    cut = at;
    events = 0;
    root_length = strlen(root);
}

long powercut_events(void) { return events; }

static int under(const char *path) {
    return root_length && path && strncmp(path, root, root_length) == 0;
}

static int held(int file) {
    char link[64], path[4096];
    if (!root_length || file < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0) return 0;
    path[size] = 0;
    return under(path);
}

static void event(void) {
    pthread_mutex_lock(&lock);
    if (++events == cut) syscall(SYS_exit_group, 137);
    pthread_mutex_unlock(&lock);
}

static void put(const char *kind, ino_t number, const char *content, size_t size) {
    char fresh[8192], name[8192];
    snprintf(name, sizeof name, "%s/%s/%lu", shadow, kind, (unsigned long)number);
    snprintf(fresh, sizeof fresh, "%s.new", name);
    int file = syscall(SYS_openat, AT_FDCWD, fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    while (size) {
        ssize_t written = syscall(SYS_write, file, content, size);
        if (written <= 0) abort();
        content += written;
        size -= written;
    }
    close(file);
    syscall(SYS_renameat2, AT_FDCWD, fresh, AT_FDCWD, name, 0);
}

static void note(int file) {
    char link[64];
    struct stat found;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (fstat(file, &found)) return;
    pthread_mutex_lock(&lock);
    if (S_ISDIR(found.st_mode)) {
        DIR *folder = opendir(link);
        char *names = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&names, &size);
        for (struct dirent *one; (one = readdir(folder));)
            if (strcmp(one->d_name, ".") && strcmp(one->d_name, ".."))
                fprintf(out, "%lu %d %s%c", (unsigned long)one->d_ino, one->d_type == DT_DIR, one->d_name, 0);
        fclose(out);
        closedir(folder);
        put("dirs", found.st_ino, names, size);
        free(names);
    } else {
        char *content = malloc(found.st_size + 1);
        int again = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY);
        ssize_t size = 0, part;
        while ((part = pread(again, content + size, found.st_size - size, size)) > 0) size += part;
        close(again);
        put("data", found.st_ino, content, size);
        free(content);
    }
    pthread_mutex_unlock(&lock);
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define OF_FILE(name, given, passed) \
    int name given { REAL(name); if (held(file)) event(); return real passed; }
#define OF_FILE_SIZED(name, given, passed) \
    ssize_t name given { REAL(name); if (held(file)) event(); return real passed; }
#define OF_PATH(name, given, passed) \
    int name given { REAL(name); if (under(path)) event(); return real passed; }

OF_FILE_SIZED(write, (int file, const void *from, size_t size), (file, from, size))
OF_FILE_SIZED(pwrite, (int file, const void *from, size_t size, off_t at), (file, from, size, at))
OF_FILE_SIZED(pwrite64, (int file, const void *from, size_t size, off64_t at), (file, from, size, at))
OF_FILE_SIZED(writev, (int file, const struct iovec *from, int count), (file, from, count))
OF_FILE_SIZED(pwritev, (int file, const struct iovec *from, int count, off_t at), (file, from, count, at))
OF_FILE(ftruncate, (int file, off_t size), (file, size))
OF_FILE(ftruncate64, (int file, off64_t size), (file, size))
OF_PATH(rename, (const char *path, const char *to), (path, to))
OF_PATH(link, (const char *path, const char *to), (path, to))
OF_PATH(unlink, (const char *path), (path))
OF_PATH(rmdir, (const char *path), (path))
OF_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
OF_PATH(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
OF_PATH(unlinkat, (int at, const char *path, int flags), (at, path, flags))
OF_PATH(renameat, (int at, const char *path, int too, const char *to), (at, path, too, to))
OF_PATH(linkat, (int at, const char *path, int too, const char *to, int flags), (at, path, too, to, flags))

static int sync_of(int file, int (*real)(int)) {
    if (!held(file)) return real(file);
    event();
    int done = real(file);
    if (!done) note(file);
    event();
    return done;
}

int fsync(int file) { REAL(fsync); return sync_of(file, real); }
int fdatasync(int file) { REAL(fdatasync); return sync_of(file, real); }
