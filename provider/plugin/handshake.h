// SPDX-License-Identifier: MPL-2.0
// The go-plugin handshake: the environment that a host gives its child in, one line for stdout (or
// one message for a person) out. Pure; serve.cc does what it says.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto {

using EnvironmentMap = std::map<std::string, std::string>;

// What the host asks for.
struct HostTerms {
  std::string client_certificate;  // PEM; empty: no TLS (TF_DISABLE_PLUGIN_TLS is set at the host)
  bool wants_multiplex_field = false;
  bool offers_protocol_6 = true;         // false: it will refuse us, and say so itself
  std::vector<std::string> socket_dirs;  // in order of preference
  std::string socket_group;  // name or number of the group that may connect; may be empty
};

// FailedPrecondition, with a message for the person at the keyboard, when no host started us.
absl::StatusOr<HostTerms> ReadHostTerms(const EnvironmentMap& environment,
                                        absl::string_view program);

// Where sockets go when no host says anything: TMPDIR, else /tmp.
std::vector<std::string> DefaultSocketDirs(const EnvironmentMap& environment);

// The line, with its newline. `certificate` is unpadded base64 of DER, empty without TLS.
std::string HandshakeLine(const HostTerms& terms, absl::string_view socket,
                          absl::string_view certificate);

// The value of TF_REATTACH_PROVIDERS by which hosts find a provider that is already running.
std::string ReattachJson(absl::string_view address, int pid, absl::string_view socket);

}  // namespace kproto
