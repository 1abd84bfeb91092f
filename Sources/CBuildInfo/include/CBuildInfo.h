// What the binary was built from; the manifest defines both from the environment of the build.
#ifndef CBUILDINFO_H
#define CBUILDINFO_H

// RELOADER_COMMIT, or "unknown".
const char *reloader_commit(void);
// When that commit was made, in RFC 3339: RELOADER_COMMIT_TIME, or year 1.
const char *reloader_commit_time(void);

#endif
