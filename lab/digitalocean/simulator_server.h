// SPDX-License-Identifier: MPL-2.0
// SimulatorServer: a simulator on a port of 127.0.0.1.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lab/digitalocean/http_server.h"
#include "lab/digitalocean/simulator.h"

namespace kproto::lab {

class SimulatorServer {
 public:
  // The simulator outlives the server.
  explicit SimulatorServer(Simulator* simulator)
      : server_([simulator](const HttpRequest& request) { return simulator->Handle(request); }) {}

  // Port 0 picks a free one. Returns the port.
  absl::StatusOr<int> Start(int port) { return server_.Start(port); }
  // Connections end at once; the state is saved already. Also done by the destructor.
  void Stop() { server_.Stop(); }

 private:
  HttpServer server_;
};

}  // namespace kproto::lab
