// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
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
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  socklen_t size = sizeof address;
  if (listener_ < 0 ||
      bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 512) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const std::string why = std::strerror(errno);
    if (listener_ >= 0) {
      close(listener_);
      listener_ = -1;
    }
    return absl::UnavailableError(absl::StrCat("cannot listen on 127.0.0.1:", port, ": ", why));
  }
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = false;
  }
  acceptor_ = std::thread([this] { Accept(); });
  return ntohs(address.sin_port);
}

void HttpServer::Stop() {
  if (listener_ < 0) {
    return;
  }
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (const auto& connection : connections_) {
      shutdown(connection->fd, SHUT_RDWR);
    }
  }
  shutdown(listener_, SHUT_RDWR);  // wakes accept
  acceptor_.join();
  close(listener_);
  listener_ = -1;
  // The acceptor is gone, so nothing is added any more, and handlers may need no lock of ours.
  std::list<std::unique_ptr<Connection>> connections;
  {
    absl::MutexLock lock(&mutex_);
    connections.swap(connections_);
  }
  for (const auto& connection : connections) {
    connection->thread.join();
    close(connection->fd);
  }
}

void HttpServer::Reap() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if ((*it)->done) {
      (*it)->thread.join();
      close((*it)->fd);
      it = connections_.erase(it);
    } else {
      ++it;
    }
  }
}

void HttpServer::Accept() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    absl::MutexLock lock(&mutex_);
    if (stopping_) {
      if (fd >= 0) {
        close(fd);
      }
      return;
    }
    Reap();
    if (fd < 0) {
      // The client was gone before we came, or descriptors ran out: until some are closed again.
      absl::Condition stopping(&stopping_);
      mutex_.AwaitWithTimeout(stopping, absl::Milliseconds(10));
      continue;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_.push_back(std::make_unique<Connection>());
    Connection* connection = connections_.back().get();
    connection->fd = fd;
    connection->thread = std::thread([this, connection] { Serve(connection); });
  }
}

void HttpServer::Serve(Connection* connection) {
  HttpWire wire(connection->fd);
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
      WaitWhileConnected(connection->fd, absl::Hours(1));
      break;
    }
    open = WaitWhileConnected(connection->fd, reply.delay) &&
           reply.ending != HttpReply::Ending::kDropped && wire.Write(reply) &&
           HttpWire::KeepsAlive(request);
  }
  // The client shall see the end now; the descriptor itself is closed by whoever joins us.
  shutdown(connection->fd, SHUT_RDWR);
  connection->done = true;
}

}  // namespace kproto::lab
