// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/credentials.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/subprocess.h"
#include "clients/kubernetes/json_fields.h"
#include "nlohmann/json.hpp"

namespace kproto::kubernetes {
namespace {

using Json = nlohmann::json;

Command PluginCommand(const ExecPlugin& plugin, const Call& call) {
  Command command;
  command.argv = {plugin.command};
  command.argv.insert(command.argv.end(), plugin.args.begin(), plugin.args.end());
  command.environment = Environment();
  for (const auto& [key, value] : plugin.env) {
    command.environment[key] = value;
  }
  command.environment["KUBERNETES_EXEC_INFO"] = Json({{"apiVersion", plugin.api_version},
                                                      {"kind", "ExecCredential"},
                                                      {"spec", {{"interactive", false}}}})
                                                    .dump();
  command.deadline = call.deadline;
  return command;
}

}  // namespace

absl::StatusOr<ResolvedCredentials> Resolve(const Credentials& credentials, const Call& call) {
  ResolvedCredentials resolved{credentials};
  resolved.credentials.exec.reset();
  if (!credentials.exec.has_value()) {
    return resolved;
  }
  const std::string name = absl::StrCat("credential program '", credentials.exec->command, "'");
  const absl::StatusOr<CommandResult> result =
      Run(PluginCommand(*credentials.exec, call), call.stop);
  if (absl::IsCancelled(result.status()) || absl::IsDeadlineExceeded(result.status())) {
    return result.status();
  }
  if (!result.ok()) {
    return WithHint(absl::UnauthenticatedError(absl::StrCat(name, ": ", result.status().message())),
                    "Check exec.command in the cluster's credentials.");
  }
  if (result->exit_code != 0) {
    return WithHint(absl::UnauthenticatedError(
                        absl::StrCat(name, " failed with exit code ", result->exit_code)),
                    "Run it by hand to see what it says; its output may hold secrets and is not "
                    "repeated here.");
  }
  const Json answer = Json::parse(result->out, nullptr, false);
  resolved.credentials.token = SecretString(StringAt(answer, "/status/token"));
  resolved.credentials.client_certificate = StringAt(answer, "/status/clientCertificateData");
  resolved.credentials.client_key = SecretString(StringAt(answer, "/status/clientKeyData"));
  if (resolved.credentials.token.empty() && resolved.credentials.client_certificate.empty()) {
    return absl::UnauthenticatedError(
        absl::StrCat(name, " printed no ExecCredential with a token or certificate"));
  }
  const absl::Time expires = TimeAt(answer, "/status/expirationTimestamp");
  if (expires != absl::InfinitePast()) {
    resolved.expires = expires;
  }
  return resolved;
}

}  // namespace kproto::kubernetes
