#include "CBuildInfo.h"

const char *reloader_commit(void) { return RELOADER_COMMIT; }
const char *reloader_commit_time(void) { return RELOADER_COMMIT_TIME; }
