// SPDX-License-Identifier: MPL-2.0
// A host double: starts a plugin binary the way OpenTofu and Terraform do (cookie, P-521 client
// certificate, handshake line, mutual TLS over the unix socket) and hands out gRPC channels to it.
// Sees what a host does not look at: every byte of stdout, the exit status, the socket file.
#pragma once

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace kproto::testing {

struct Identity {
  std::string certificate_pem, key_pem;
};

// Self-signed, ECDSA P-521, for "localhost": like the one a host makes for each plugin process.
Identity MakeHostIdentity();

// PEM of a certificate in the form that the handshake line has it in; "" when it is none.
std::string PemFromBase64Der(const std::string& base64);

class PluginHost {
 public:
  struct Options {
    std::string binary;
    std::vector<std::string> arguments;
    // Over the environment of a host: an empty value unsets the variable.
    std::map<std::string, std::string> environment;
    bool tls = true;
  };

  explicit PluginHost(const Options& options);
  ~PluginHost();  // kills it if it still runs
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;

  // The first line of stdout without its newline; "" when the plugin ended without one.
  const std::string& line() const { return line_; }
  // Its fields.
  const std::vector<std::string>& fields() const { return fields_; }
  const std::string& socket() const { return fields_.at(3); }
  pid_t pid() const { return pid_; }
  // From the start of the process to its line.
  absl::Duration startup() const { return startup_; }
  const Identity& identity() const { return identity_; }

  // A connection as the host would make it; with `identity`, as somebody else would.
  std::shared_ptr<grpc::Channel> Connect() const;
  std::shared_ptr<grpc::Channel> ConnectAs(const Identity& identity) const;
  std::shared_ptr<grpc::Channel> ConnectPlain() const;

  // The GRPCController call by which a host ends a plugin.
  void Shutdown();
  // The exit code, or 128 + signal; nullopt when it still runs after `limit`.
  std::optional<int> WaitForExit(absl::Duration limit = absl::Seconds(10));
  // All that came to stdout after the line, and to stderr, until the plugin's end.
  std::string RestOfStdout();
  std::string Stderr();

 private:
  std::shared_ptr<grpc::Channel> Dial(std::shared_ptr<grpc::ChannelCredentials> as) const;

  Identity identity_;
  pid_t pid_ = -1;
  absl::Duration startup_;
  int stdout_ = -1, stderr_ = -1;
  std::string line_;
  std::vector<std::string> fields_;
  std::optional<int> exit_code_;
};

}  // namespace kproto::testing
