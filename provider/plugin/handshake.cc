// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/handshake.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto {
namespace {

// go-plugin's "magic cookie": no secret, only a sign that a host started us.
constexpr char kCookieName[] = "TF_PLUGIN_MAGIC_COOKIE";
constexpr char kCookie[] = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
constexpr char kCoreVersion[] = "1";
constexpr char kProtocol[] = "6";

std::string Get(const EnvironmentMap& environment, const char* name) {
  const auto it = environment.find(name);
  return it == environment.end() ? "" : it->second;
}

std::string ForAPerson(absl::string_view program) {
  return absl::StrCat(
      program,
      " is a provider plugin: OpenTofu and Terraform start it, there is nothing to run by "
      "hand.\n\n"
      "To use it, name it in the required_providers block of a configuration and run\n"
      "  tofu init && tofu apply\n\n"
      "To debug it, start it with --debug and set the variable that it prints.\n");
}

// Unset means a host of old, which would not know 6.
bool OffersProtocol6(const std::string& versions) {
  const std::vector<std::string> offered = absl::StrSplit(versions, ',');
  return std::any_of(offered.begin(), offered.end(), [](const std::string& version) {
    return absl::StripAsciiWhitespace(version) == kProtocol;
  });
}

}  // namespace

std::vector<std::string> DefaultSocketDirs(const EnvironmentMap& environment) {
  const std::string tmpdir = Get(environment, "TMPDIR");
  return tmpdir.empty() ? std::vector<std::string>{"/tmp"}
                        : std::vector<std::string>{tmpdir, "/tmp"};
}

absl::StatusOr<HostTerms> ReadHostTerms(const EnvironmentMap& environment,
                                        absl::string_view program) {
  if (Get(environment, kCookieName) != kCookie) {
    return absl::FailedPreconditionError(ForAPerson(program));
  }
  HostTerms terms;
  terms.client_certificate = Get(environment, "PLUGIN_CLIENT_CERT");
  terms.wants_multiplex_field = !Get(environment, "PLUGIN_MULTIPLEX_GRPC").empty();
  terms.offers_protocol_6 = OffersProtocol6(Get(environment, "PLUGIN_PROTOCOL_VERSIONS"));
  terms.socket_group = Get(environment, "PLUGIN_UNIX_SOCKET_GROUP");
  const std::string dir = Get(environment, "PLUGIN_UNIX_SOCKET_DIR");
  terms.socket_dirs = dir.empty() ? DefaultSocketDirs(environment) : std::vector<std::string>{dir};
  return terms;
}

std::string HandshakeLine(const HostTerms& terms, absl::string_view socket,
                          absl::string_view certificate) {
  // Hosts of old glue a seventh field to the certificate: only for those who ask. We never
  // multiplex.
  return absl::StrCat(kCoreVersion, "|", kProtocol, "|unix|", socket, "|grpc|", certificate,
                      terms.wants_multiplex_field ? "|false" : "", "\n");
}

std::string ReattachJson(absl::string_view address, int pid, absl::string_view socket) {
  // Test: true keeps the host from ending us when it is done.
  return absl::StrCat(
      "{\"", address, "\":{\"Protocol\":\"grpc\",\"ProtocolVersion\":", kProtocol, ",\"Pid\":", pid,
      ",\"Test\":true,\"Addr\":{\"Network\":\"unix\",\"String\":\"", socket, "\"}}}");
}

}  // namespace kproto
