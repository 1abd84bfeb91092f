// Starting a program: what posix_spawn's opaque types make awkward in Swift, in one call.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

// Starts `file`, searched for in PATH unless it has a slash, with the three descriptors as its standard streams and no
// others. Its signals are as those of a program that a shell starts. With `own_group` it leads a process group of its own,
// so that it can be ended together with its children; without, it can read from the terminal. Returns an error number.
int cspawn(pid_t *process, const char *file, char *const arguments[], char *const environment[], int input, int output,
           int error, int own_group);

// The environment of this process.
char **cspawn_environment(void);

#endif
