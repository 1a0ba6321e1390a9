/*
 * Preloaded into one node's processes by the fault rounds: their wall clock runs as many seconds beside the machine's as the file
 * $MEMPAIR_CLOCK says. The monotonic clock is left alone, and so is everybody else. libfaketime would do, but does not reach
 * bash, which has a getenv of its own, and so not the guard.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char path[4096];

__attribute__((constructor)) static void remember(int argc, char **argv, char **environment) {
    static const char name[] = "MEMPAIR_CLOCK=";
    (void)argc;
    (void)argv;
    for (; environment && *environment; environment++) {
        if (__builtin_strncmp(*environment, name, sizeof name - 1) == 0) {
            __builtin_strncpy(path, *environment + sizeof name - 1, sizeof path - 1);
        }
    }
}

static long offset(void) {
    char text[32];
    int file = path[0] ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length;
    if (file < 0) {
        return 0;
    }
    length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = 0;
    return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    int result;
    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    }
    result = real(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += offset();
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now) {
        *now = precise.tv_sec;
    }
    return precise.tv_sec;
}
