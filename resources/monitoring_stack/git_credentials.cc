// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/git_credentials.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kproto::monitoring_stack {
namespace {

using Json = nlohmann::json;

// Versions stand on the Secret, so that a change of one is a difference.
constexpr char kPasswordVersion[] = "kproto/password-version";
constexpr char kKeyVersion[] = "kproto/ssh-private-key-version";

std::string TextOf(const Attr<int64_t>& version) {
  return version.is_known() ? absl::StrCat(*version) : "";
}

void Set(Json& data, const char* key, const std::string& value) {
  data[key] = absl::Base64Escape(value);
}

Json ObjectOf(const GitCredentials& one, const GitSecrets& secrets, const std::string& argocd_ns) {
  Json data = Json::object();
  Set(data, "type", "git");
  Set(data, "url", one.repo_url);
  if (!one.username.empty()) {
    Set(data, "username", one.username);
  }
  if (secrets.password) {
    Set(data, "password", secrets.password->Reveal());
  }
  if (secrets.ssh_private_key) {
    // OpenSSH takes no key whose last line does not end.
    const std::string& key = secrets.ssh_private_key->Reveal();
    Set(data, "sshPrivateKey", absl::EndsWith(key, "\n") ? key : absl::StrCat(key, "\n"));
  }
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata",
           {{"name", absl::StrCat("kproto-git-", one.name)},
            {"namespace", argocd_ns},
            {"labels", {{"argocd.argoproj.io/secret-type", "repository"}}},
            {"annotations",
             {{kPasswordVersion, one.password_version}, {kKeyVersion, one.key_version}}}}},
          {"type", "Opaque"},
          {"data", std::move(data)}};
}

std::string Normalized(const std::string& url) {
  const std::string lower = absl::AsciiStrToLower(absl::StripSuffix(url, "/"));
  return std::string(absl::StripSuffix(lower, ".git"));
}

bool IsHttp(const std::string& url) {
  return absl::StartsWith(url, "http://") || absl::StartsWith(url, "https://");
}

void ValidateHttp(const StackGitCredentials& one, const Path& path, Diagnostics& diagnostics) {
  if (!one.ssh_private_key_wo.is_null() || !one.ssh_known_hosts.is_null()) {
    diagnostics.AddError("An SSH key for HTTPS",
                         "The repository is reached by HTTPS, where ssh_private_key_wo and "
                         "ssh_known_hosts mean nothing: use username and password_wo, or the URL "
                         "of the repository by SSH.",
                         path.Attribute(one.ssh_private_key_wo.is_null() ? "ssh_known_hosts"
                                                                         : "ssh_private_key_wo"));
  } else if (one.password_wo.is_null()) {
    diagnostics.AddError("No password",
                         "Credentials by HTTPS need password_wo: a password or a token.",
                         path.Attribute("password_wo"));
  } else if (one.username.is_null()) {
    diagnostics.AddError("No username",
                         "Credentials by HTTPS need a username, too; any text, such as \"git\", "
                         "where the password is a token.",
                         path.Attribute("username"));
  }
}

void ValidateSsh(const StackGitCredentials& one, const Path& path, Diagnostics& diagnostics) {
  if (!one.password_wo.is_null() || !one.username.is_null()) {
    diagnostics.AddError(
        "A password for SSH",
        "The repository is reached by SSH, where username and password_wo mean nothing: use "
        "ssh_private_key_wo, or the URL of the repository by HTTPS.",
        path.Attribute(one.password_wo.is_null() ? "username" : "password_wo"));
  } else if (one.ssh_private_key_wo.is_null()) {
    diagnostics.AddError("No key", "Credentials by SSH need ssh_private_key_wo.",
                         path.Attribute("ssh_private_key_wo"));
  }
}

void ValidateVersions(const StackGitCredentials& one, const Path& path, Diagnostics& diagnostics) {
  if (one.password_wo.is_null() && one.password_wo_version.is_known()) {
    diagnostics.AddError("A version of no password",
                         "password_wo_version says when to take password_wo over, which is not "
                         "set.",
                         path.Attribute("password_wo_version"));
  }
  if (one.ssh_private_key_wo.is_null() && one.ssh_private_key_wo_version.is_known()) {
    diagnostics.AddError("A version of no key",
                         "ssh_private_key_wo_version says when to take ssh_private_key_wo over, "
                         "which is not set.",
                         path.Attribute("ssh_private_key_wo_version"));
  }
}

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= 200 && absl::ascii_isalnum(name.front()) &&
         absl::ascii_isalnum(name.back()) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

}  // namespace

std::vector<GitCredentials> GitCredentialsOf(const GitCredentialsAttr& said) {
  std::vector<GitCredentials> all;
  if (said.is_known()) {
    for (const auto& [name, one] : *said) {
      if (one.is_known() && one->repo_url.is_known()) {
        all.push_back({name, *one->repo_url, one->username.value_or(""),
                       one->ssh_known_hosts.value_or(""), TextOf(one->password_wo_version),
                       TextOf(one->ssh_private_key_wo_version)});
      }
    }
  }
  return all;
}

std::map<std::string, GitSecrets> GitSecretsOf(const GitCredentialsAttr& config) {
  std::map<std::string, GitSecrets> all;
  if (config.is_known()) {
    for (const auto& [name, one] : *config) {
      GitSecrets& secrets = all[name];
      if (one.is_known() && one->password_wo.is_known()) {
        secrets.password = *one->password_wo;
      }
      if (one.is_known() && one->ssh_private_key_wo.is_known()) {
        secrets.ssh_private_key = *one->ssh_private_key_wo;
      }
    }
  }
  return all;
}

std::vector<Json> GitCredentialObjects(const std::vector<GitCredentials>& wanted,
                                       const std::map<std::string, GitSecrets>& secrets,
                                       const std::string& argocd_ns) {
  std::vector<Json> objects;
  for (const GitCredentials& one : wanted) {
    const auto found = secrets.find(one.name);
    objects.push_back(
        ObjectOf(one, found == secrets.end() ? GitSecrets{} : found->second, argocd_ns));
  }
  return objects;
}

std::string KnownHosts(const std::vector<GitCredentials>& wanted) {
  std::set<std::string> lines;
  for (const GitCredentials& one : wanted) {
    for (const absl::string_view line : absl::StrSplit(one.known_hosts, '\n')) {
      const absl::string_view text = absl::StripAsciiWhitespace(line);
      if (!text.empty() && text[0] != '#') {
        lines.emplace(text);
      }
    }
  }
  std::string all;
  for (const std::string& line : lines) {
    absl::StrAppend(&all, line, "\n");
  }
  return all;
}

const StackGitCredentials* CredentialsFor(const std::string& url, const GitCredentialsAttr& all) {
  if (all.is_known()) {
    for (const auto& [name, one] : *all) {
      if (one.is_known() && one->repo_url.is_known() && SameRepository(*one->repo_url, url)) {
        return &*one;
      }
    }
  }
  return nullptr;
}

std::optional<git::Login> LoginFor(const std::string& url, const GitCredentialsAttr& config) {
  const StackGitCredentials* credentials = CredentialsFor(url, config);
  const bool secret = credentials != nullptr && (credentials->password_wo.is_known() ||
                                                 credentials->ssh_private_key_wo.is_known());
  if (!secret) {
    return std::nullopt;
  }
  return git::Login{credentials->username.value_or(""), credentials->password_wo.value_or({}),
                    credentials->ssh_private_key_wo.value_or({}),
                    credentials->ssh_known_hosts.value_or("")};
}

bool SameRepository(const std::string& a, const std::string& b) {
  return Normalized(a) == Normalized(b);
}

std::string SshHost(const std::string& url) {
  if (IsHttp(url)) {
    return "";
  }
  absl::string_view rest = url;
  const bool scheme = absl::ConsumePrefix(&rest, "ssh://");
  const size_t at = rest.find('@');
  if (!scheme && at == absl::string_view::npos) {
    return "";
  }
  rest = at == absl::string_view::npos ? rest : rest.substr(at + 1);
  return std::string(rest.substr(0, rest.find_first_of(":/")));
}

void ValidateGitCredentials(const GitCredentialsAttr& said, bool external,
                            Diagnostics& diagnostics) {
  if (!said.is_known()) {
    return;
  }
  for (const auto& [name, one] : *said) {
    const Path path = Path("git_credentials").Key(name);
    if (!IsName(name)) {
      diagnostics.AddError("No name for a Secret",
                           absl::StrCat("\"", name,
                                        "\" must have lower-case letters, digits and dashes, no "
                                        "dash at either end."),
                           path);
    }
    if (!one.is_known() || !one->repo_url.is_known()) {
      continue;
    }
    if (external && !one->ssh_known_hosts.is_null()) {
      diagnostics.AddError("Argo CD is somebody else's",
                           "With argocd.manage = \"external\" the stack sets nothing of Argo "
                           "CD's: whoever keeps it has to make it know the host.",
                           path.Attribute("ssh_known_hosts"));
    }
    IsHttp(*one->repo_url) ? ValidateHttp(*one, path, diagnostics)
                           : ValidateSsh(*one, path, diagnostics);
    ValidateVersions(*one, path, diagnostics);
  }
}

}  // namespace kproto::monitoring_stack
