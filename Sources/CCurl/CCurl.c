#include "CCurl.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>

static int set_user_timeout(void *context, curl_socket_t socket, curlsocktype purpose) {
  (void)purpose;
#ifdef TCP_USER_TIMEOUT
  unsigned int milliseconds = (unsigned int)((intptr_t)context * 1000);
  // A socket that refuses is still usable, only slower to notice.
  (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
#else
  (void)context;
  (void)socket;
#endif
  return CURL_SOCKOPT_OK;
}

CURLcode ccurl_detect_dead_peer(CURL *easy, long idle_seconds, long interval_seconds, long user_timeout_seconds) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, idle_seconds);
  if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, interval_seconds);
  if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, set_user_timeout);
  if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, (void *)(intptr_t)user_timeout_seconds);
  return code;
}
