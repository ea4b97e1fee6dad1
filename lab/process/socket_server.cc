// SPDX-License-Identifier: MPL-2.0
#include "lab/process/socket_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kproto::lab {
namespace {

constexpr int kBacklog = 512;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// Closes `fd` and says why it is of no use, by errno.
absl::Status GiveUp(int fd, const std::string& what) {
  const std::string why = std::strerror(errno);
  if (fd >= 0) {
    close(fd);
  }
  return absl::UnavailableError(absl::StrCat(what, ": ", why));
}

}  // namespace

absl::StatusOr<int> ListenOnLoopback(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = Loopback(port);
  if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(fd, kBacklog) != 0) {
    return GiveUp(fd, absl::StrCat("cannot listen on 127.0.0.1:", port));
  }
  return fd;
}

absl::StatusOr<int> ListenOnName(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() + 1 > sizeof address.sun_path) {
    return absl::UnavailableError(absl::StrCat("too long for a socket: ", name));
  }
  name.copy(address.sun_path + 1, name.size());  // the first byte stays zero
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(fd, kBacklog) != 0) {
    return GiveUp(fd, absl::StrCat("cannot listen on @", name));
  }
  return fd;
}

absl::StatusOr<int> ConnectToLoopback(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return GiveUp(fd, absl::StrCat("127.0.0.1:", port));
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void SocketServer::Start(int listener) {
  listener_ = listener;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = false;
  }
  acceptor_ = std::thread([this] { Accept(); });
}

void SocketServer::Stop() {
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

void SocketServer::Reap() {
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

void SocketServer::Accept() {
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
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails where there is no need
    connections_.push_back(std::make_unique<Connection>());
    Connection* connection = connections_.back().get();
    connection->fd = fd;
    connection->thread = std::thread([this, connection] {
      handler_(connection->fd);
      // The client shall see the end now; the descriptor itself is closed by whoever joins us.
      shutdown(connection->fd, SHUT_RDWR);
      connection->done = true;
    });
  }
}

}  // namespace kproto::lab
