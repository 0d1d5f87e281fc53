/* A wall clock that a test can set, preloaded into a process (see clocks.py).

   The file named by SHIFTED_CLOCK holds one signed 64-bit number: by how many nanoseconds the
   wall clock is off. It is mapped, so a write to it is a jump of the clock, at once and in every
   process that maps it. The monotonic clock is left alone, as a real jump leaves it. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static const volatile int64_t *shift;

__attribute__((constructor)) static void map_shift(void)
{
    const char *name = getenv("SHIFTED_CLOCK");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *page;

    if (file < 0)
        return;
    page = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED)
        shift = page;
}

static int64_t wall(void)
{
    struct timespec now;

    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + now.tv_nsec + (shift ? *shift : 0);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int64_t moment;

    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, now);
    moment = wall();
    now->tv_sec = moment / SECOND;
    now->tv_nsec = moment % SECOND;
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    int64_t moment = wall();

    (void)zone;
    now->tv_sec = moment / SECOND;
    now->tv_usec = moment % SECOND / 1000;
    return 0;
}

time_t time(time_t *at)
{
    time_t moment = wall() / SECOND;

    if (at)
        *at = moment;
    return moment;
}
