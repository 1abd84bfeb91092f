#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#ifdef __APPLE__
#include <TargetConditionals.h>
#endif

#if defined(__wasi__) || (defined(__APPLE__) && !TARGET_OS_OSX)

int cspawn(pid_t *process, const char *file, char *const arguments[], char *const environment[], int input, int output,
           int error, int own_group) {
  return ENOSYS;
}

char **cspawn_environment(void) {
  static char *none[] = {0};
  return none;
}

#else

#include <signal.h>
#include <spawn.h>

extern char **environ;

char **cspawn_environment(void) { return environ; }

int cspawn(pid_t *process, const char *file, char *const arguments[], char *const environment[], int input, int output,
           int error, int own_group) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int result = posix_spawn_file_actions_init(&actions);
  if (result != 0) return result;
  result = posix_spawnattr_init(&attributes);
  if (result != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return result;
  }
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, error, 2);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef __APPLE__
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#elif defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 34)
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
#endif
  if (own_group) {
    flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setpgroup(&attributes, 0);
  }
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigfillset(&signals);
  sigdelset(&signals, SIGKILL);
  sigdelset(&signals, SIGSTOP);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, flags);
  result = posix_spawnp(process, file, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return result;
}

#endif
