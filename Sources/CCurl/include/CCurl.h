// libcurl's option functions are variadic, which Swift cannot call; these are their typed forms.
#ifndef CCURL_H
#define CCURL_H
#include <curl/curl.h>
#endif
