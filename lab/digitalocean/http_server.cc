// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/status_macros.h"
#include "lab/digitalocean/http_wire.h"

namespace kproto::lab {
namespace {

// False when the client hung up (or Stop shut the socket down) before the time was over.
bool WaitWhileConnected(int fd, absl::Duration duration) {
  pollfd poller{fd, POLLRDHUP, 0};
  const absl::Time end = absl::Now() + duration;
  while (true) {
    const int64_t left = absl::ToInt64Milliseconds(end - absl::Now());
    if (left <= 0) {
      return true;
    }
    const int n = poll(&poller, 1, static_cast<int>(std::min<int64_t>(left, 60000)));
    if (n > 0 || (n < 0 && errno != EINTR)) {
      return false;
    }
  }
}

}  // namespace

absl::StatusOr<int> HttpServer::Start(int port) {
  KPROTO_ASSIGN_OR_RETURN(const int listener, ListenOnLoopback(port));
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  sockets_.Start(listener);
  return ntohs(address.sin_port);
}

void HttpServer::Serve(int fd) {
  HttpWire wire(fd);
  bool open = true;
  while (open) {
    HttpRequest request;
    const int refusal = wire.Read(&request);
    if (refusal != 0) {
      if (refusal > 0) {
        wire.Write({refusal, {{"connection", "close"}}, ""});
      }
      break;
    }
    const HttpReply reply = handler_(request);
    if (reply.ending == HttpReply::Ending::kSilent) {
      WaitWhileConnected(fd, absl::Hours(1));
      break;
    }
    open = WaitWhileConnected(fd, reply.delay) && reply.ending != HttpReply::Ending::kDropped &&
           wire.Write(reply) && HttpWire::KeepsAlive(request);
  }
}

}  // namespace kproto::lab
