// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/kubeconfig.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"

namespace kproto::kubernetes {
namespace {

using Json = nlohmann::json;

absl::Status Invalid(absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("kubeconfig: ", message));
}

// The entry called `name` of a named list such as "/users".
absl::StatusOr<const Json*> Named(const Json& config, const char* list, const std::string& name) {
  for (const Json& entry : ListAt(config, list)) {
    if (entry.is_object() && StringAt(entry, "/name") == name) {
      return &entry;
    }
  }
  return Invalid(absl::StrCat("no entry \"", name, "\" in ", list + 1));
}

// What we would have to obey and do not: silently connecting in another way would be worse.
absl::Status Refuse(const Json& object, std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    const Json* value = FieldAt(object, field);
    if (value != nullptr && *value != Json(false) && *value != Json("")) {
      return WithHint(Invalid(absl::StrCat(field + 1, " is not supported")),
                      "Embed the data (kubectl config view --raw --flatten) and use a token, a "
                      "client certificate or exec.");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Decoded(const Json& object, const char* field) {
  std::string text;
  if (!absl::Base64Unescape(StringAt(object, field), &text)) {
    return Invalid(absl::StrCat(field + 1, " is not base64"));
  }
  return text;
}

absl::StatusOr<std::optional<ExecPlugin>> ExecOf(const Json& user) {
  const Json* exec = FieldAt(user, "/exec");
  if (exec == nullptr || !exec->is_object()) {
    return std::nullopt;
  }
  ExecPlugin plugin;
  plugin.api_version = StringAt(*exec, "/apiVersion");
  plugin.command = StringAt(*exec, "/command");
  plugin.args = StringsAt(*exec, "/args");
  for (const Json& variable : ListAt(*exec, "/env")) {
    plugin.env[StringAt(variable, "/name")] = StringAt(variable, "/value");
  }
  if (plugin.command.empty()) {
    return Invalid("exec has no command");
  }
  return plugin;
}

absl::StatusOr<const Json*> CurrentContext(const Json& config) {
  const std::string current = StringAt(config, "/current-context");
  const Json& contexts = ListAt(config, "/contexts");
  if (current.empty() && contexts.size() == 1) {
    return &contexts[0];
  }
  if (current.empty()) {
    return Invalid("no current-context");
  }
  return Named(config, "/contexts", current);
}

}  // namespace

absl::StatusOr<Credentials> ParseKubeconfig(absl::string_view text) {
  absl::StatusOr<Json> config = yaml::Parse(text, yaml::DuplicateKeys::kLastWins);
  if (!config.ok()) {
    return Annotate(config.status(), "kubeconfig");
  }
  if (!config->is_object()) {
    return Invalid("no mapping of clusters, users and contexts");
  }
  KPROTO_ASSIGN_OR_RETURN(const Json* context, CurrentContext(*config));
  KPROTO_ASSIGN_OR_RETURN(const Json* cluster,
                          Named(*config, "/clusters", StringAt(*context, "/context/cluster")));
  KPROTO_ASSIGN_OR_RETURN(const Json* user,
                          Named(*config, "/users", StringAt(*context, "/context/user")));
  const Json cluster_data = cluster->value("cluster", Json());
  const Json user_data = user->value("user", Json());
  KPROTO_RETURN_IF_ERROR(Refuse(
      cluster_data,
      {"/certificate-authority", "/insecure-skip-tls-verify", "/tls-server-name", "/proxy-url"}));
  KPROTO_RETURN_IF_ERROR(Refuse(user_data, {"/client-certificate", "/client-key", "/tokenFile",
                                            "/username", "/password", "/auth-provider", "/as"}));
  Credentials credentials;
  credentials.host = StringAt(cluster_data, "/server");
  if (credentials.host.empty()) {
    return Invalid("the cluster has no server");
  }
  KPROTO_ASSIGN_OR_RETURN(credentials.cluster_ca_certificate,
                          Decoded(cluster_data, "/certificate-authority-data"));
  KPROTO_ASSIGN_OR_RETURN(credentials.client_certificate,
                          Decoded(user_data, "/client-certificate-data"));
  KPROTO_ASSIGN_OR_RETURN(std::string key, Decoded(user_data, "/client-key-data"));
  credentials.client_key = SecretString(std::move(key));
  credentials.token = SecretString(StringAt(user_data, "/token"));
  KPROTO_ASSIGN_OR_RETURN(credentials.exec, ExecOf(user_data));
  if (credentials.token.empty() && !credentials.exec.has_value() &&
      (credentials.client_certificate.empty() || credentials.client_key.empty())) {
    return Invalid("the user has neither token nor client certificate and key nor exec");
  }
  return credentials;
}

SecretString ToKubeconfig(const Credentials& credentials, const std::string& name) {
  Json cluster = {{"server", credentials.host}};
  if (!credentials.cluster_ca_certificate.empty()) {
    cluster["certificate-authority-data"] = absl::Base64Escape(credentials.cluster_ca_certificate);
  }
  Json user = Json::object();
  if (!credentials.token.empty()) {
    user["token"] = credentials.token.Reveal();
  }
  if (!credentials.client_certificate.empty()) {
    user["client-certificate-data"] = absl::Base64Escape(credentials.client_certificate);
    user["client-key-data"] = absl::Base64Escape(credentials.client_key.Reveal());
  }
  if (credentials.exec.has_value()) {
    Json env = Json::array();
    for (const auto& [variable, value] : credentials.exec->env) {
      env.push_back({{"name", variable}, {"value", value}});
    }
    user["exec"] = {{"apiVersion", credentials.exec->api_version},
                    {"command", credentials.exec->command},
                    {"args", credentials.exec->args},
                    {"env", env},
                    {"interactiveMode", "Never"}};
  }
  const Json config = {
      {"apiVersion", "v1"},
      {"kind", "Config"},
      {"current-context", name},
      {"clusters", {{{"name", name}, {"cluster", cluster}}}},
      {"users", {{{"name", name}, {"user", user}}}},
      {"contexts", {{{"name", name}, {"context", {{"cluster", name}, {"user", name}}}}}}};
  return SecretString(config.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace kproto::kubernetes
