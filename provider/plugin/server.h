// SPDX-License-Identifier: MPL-2.0
// The gRPC server on its socket: all services, TLS or not. Accepts from the moment it exists.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "provider/plugin/certificate.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace kproto {

// With it, only the holder of the key to `client_certificate` (PEM) gets in.
struct MutualTls {
  const ServerCertificate& server;
  std::string client_certificate;
};

class PluginServer {
 public:
  // Takes the services over; `socket` is the path of a unix socket that does not exist yet.
  static absl::StatusOr<std::unique_ptr<PluginServer>> Start(
      std::vector<std::unique_ptr<grpc::Service>> services, const std::string& socket,
      const std::optional<MutualTls>& tls);
  ~PluginServer();

 private:
  PluginServer();

  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace kproto
