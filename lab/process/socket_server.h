// SPDX-License-Identifier: MPL-2.0
// SocketServer: accepts on one listening socket and serves each connection on a thread of its own,
// until all of them are ended at once. What is said on a connection is the handler's affair: the
// simulator's HTTP (lab/digitalocean/http_server.h), a cluster's tunnels
// (lab/kubernetes/pod_network.h).
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace kproto::lab {

// A socket that listens on 127.0.0.1; port 0 picks a free one. Errors: Unavailable.
absl::StatusOr<int> ListenOnLoopback(int port);
// The same in Linux's abstract namespace: a name is not a file, so nothing is left of it.
absl::StatusOr<int> ListenOnName(const std::string& name);

// A socket connected to that port of 127.0.0.1. Errors: Unavailable.
absl::StatusOr<int> ConnectToLoopback(int port);

class SocketServer {
 public:
  // Called from many threads at once; the descriptor stays the server's, which shuts it down when
  // the handler is back, or earlier, to end it.
  using Handler = std::function<void(int fd)>;

  explicit SocketServer(Handler handler) : handler_(std::move(handler)) {}
  ~SocketServer() { Stop(); }
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  // Takes a socket that listens. Not while it serves another.
  void Start(int listener);
  // Ends all connections at once. Idempotent.
  void Stop();

 private:
  struct Connection {
    int fd = -1;
    std::atomic<bool> done = false;
    std::thread thread;
  };

  void Accept();
  void Reap() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Handler handler_;
  int listener_ = -1;
  std::thread acceptor_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::list<std::unique_ptr<Connection>> connections_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kproto::lab
