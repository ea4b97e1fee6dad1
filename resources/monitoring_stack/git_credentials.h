// SPDX-License-Identifier: MPL-2.0
// GitCredentials: how Argo CD gets into Git repositories: a Secret for each, with the label that it
// looks for (https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/), and the
// host keys that it shall trust. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "clients/git/login.h"
#include "nlohmann/json.hpp"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/extra_settings.h"

namespace kproto::monitoring_stack {

// One entry of git_credentials, but for what is secret.
struct GitCredentials {
  std::string name, repo_url, username, known_hosts;
  std::string password_version, key_version;  // "": never set
};

// What is secret of it, by name; only an apply sees it.
struct GitSecrets {
  std::optional<SecretString> password, ssh_private_key;
};

using GitCredentialsAttr = Attr<MapOf<StackGitCredentials>>;

std::vector<GitCredentials> GitCredentialsOf(const GitCredentialsAttr& said);
std::map<std::string, GitSecrets> GitSecretsOf(const GitCredentialsAttr& config);

// The Secrets, with as much of what is secret as `secrets` has.
std::vector<nlohmann::json> GitCredentialObjects(const std::vector<GitCredentials>& wanted,
                                                 const std::map<std::string, GitSecrets>& secrets,
                                                 const std::string& argocd_ns);

// All lines for Argo CD's known_hosts, each once.
std::string KnownHosts(const std::vector<GitCredentials>& wanted);

// The entry for a repository; nullptr when there is none.
const StackGitCredentials* CredentialsFor(const std::string& url, const GitCredentialsAttr& all);

// How to get in, by that entry; nullopt when there is none, or what is secret of it is not known.
std::optional<git::Login> LoginFor(const std::string& url, const GitCredentialsAttr& config);

// Whether two URLs lead to one repository, as Argo CD sees it.
bool SameRepository(const std::string& a, const std::string& b);

// github.com of git@github.com:me/it.git and ssh://git@github.com/me/it.git; "" of another URL.
std::string SshHost(const std::string& url);

// `external`: Argo CD is somebody else's.
void ValidateGitCredentials(const GitCredentialsAttr& said, bool external,
                            Diagnostics& diagnostics);

}  // namespace kproto::monitoring_stack
