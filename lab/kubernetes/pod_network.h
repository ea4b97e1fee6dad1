// SPDX-License-Identifier: MPL-2.0
// PodNetwork: how an API server gets through to pods that a process of the lab stands behind. Pods
// have addresses that lead nowhere; the API server sends what it has for them (a Service's proxy)
// through CONNECT on a socket of ours, and here each address leads to a port on 127.0.0.1.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "lab/process/socket_server.h"

namespace kproto::lab {

// Thread-safe.
class PodNetwork {
 public:
  // "10.244.1.3:3100" → port on 127.0.0.1.
  using Routes = std::map<std::string, int>;

  PodNetwork();

  absl::Status Start();

  // In place of all there were.
  void SetRoutes(Routes routes);

  // In the words of kube-apiserver's --egress-selector-config-file.
  std::string EgressSelectorConfiguration() const;

 private:
  void Serve(int client);
  int PortOf(const std::string& address) const;

  const std::string name_;  // of the socket, in the abstract namespace
  mutable absl::Mutex mutex_;
  Routes routes_;
  SocketServer sockets_;  // last: its threads use the above
};

// The address in "CONNECT 10.244.1.3:3100 HTTP/1.1"; "" for anything else.
std::string ConnectTarget(const std::string& request);

}  // namespace kproto::lab
