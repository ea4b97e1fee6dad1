// SPDX-License-Identifier: MPL-2.0
// How to reach one cluster and as whom. Comes from a kubeconfig, from a resource's `kubernetes`
// attribute, or freshly minted from DigitalOcean; lives in memory only.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/secret.h"

namespace kproto::kubernetes {

// A program that prints an ExecCredential (client.authentication.k8s.io), as kubectl runs it.
struct ExecPlugin {
  std::string api_version;  // client.authentication.k8s.io/v1 or v1beta1
  std::string command;
  std::vector<std::string> args;
  std::map<std::string, std::string> env;  // added to this process's environment
};

struct Credentials {
  std::string host;                    // https://…[:port][/path]
  std::string cluster_ca_certificate;  // PEM; "" means the system's roots
  // One of the three ways to say who we are:
  SecretString token;
  std::string client_certificate;  // PEM
  SecretString client_key;         // PEM
  std::optional<ExecPlugin> exec;
};

// What to do before `deadline`, given up at once when `stop` is triggered.
struct Call {
  absl::Time deadline = absl::InfiniteFuture();
  std::stop_token stop;
};

struct ResolvedCredentials {
  Credentials credentials;  // without exec
  absl::Time expires = absl::InfiniteFuture();
};

// Runs the exec plugin, if there is one, and puts what it printed into the token or certificate.
// Unauthenticated when the plugin fails; its output is never part of the error.
absl::StatusOr<ResolvedCredentials> Resolve(const Credentials& credentials, const Call& call);

}  // namespace kproto::kubernetes
