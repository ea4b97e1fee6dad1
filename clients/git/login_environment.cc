// SPDX-License-Identifier: MPL-2.0
#include "clients/git/login_environment.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace kproto::git {
namespace {

// A helper as git knows them (gitcredentials(7)): a shell function that prints the login.
constexpr char kHelper[] =
    "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' "
    "\"$KPROTO_GIT_USERNAME\" \"$KPROTO_GIT_PASSWORD\"; }; f";

// "https://example.com" of "https://example.com/me/it.git".
std::string ServerOf(const std::string& url) {
  const size_t scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(0, url.find('/', scheme + 3));
}

// For the shell that git starts ssh with; OpenSSH itself splits at spaces outside double quotes.
std::string Quoted(const std::string& path) { return absl::StrCat("'\"", path, "\"'"); }

}  // namespace

absl::StatusOr<LoginEnvironment> LoginEnvironment::Make(const std::string& url,
                                                        const std::optional<Login>& login) {
  LoginEnvironment environment;
  if (login && !login->ssh_private_key.empty()) {
    KPROTO_RETURN_IF_ERROR(environment.UseKey(*login));
  } else if (login && !login->password.empty()) {
    environment.UsePassword(url, *login);
  }
  return environment;
}

void LoginEnvironment::UsePassword(const std::string& url, const Login& login) {
  const std::vector<std::pair<std::string, std::string>> config = {
      {"credential.helper", ""},  // forget those of the user
      {absl::StrCat("credential.", ServerOf(url), ".helper"), kHelper}};
  variables_ = {{"GIT_CONFIG_COUNT", absl::StrCat(config.size())},
                {"KPROTO_GIT_USERNAME", login.username},
                {"KPROTO_GIT_PASSWORD", login.password.Reveal()}};
  for (size_t i = 0; i < config.size(); ++i) {
    variables_[absl::StrCat("GIT_CONFIG_KEY_", i)] = config[i].first;
    variables_[absl::StrCat("GIT_CONFIG_VALUE_", i)] = config[i].second;
  }
}

absl::Status LoginEnvironment::UseKey(const Login& login) {
  // OpenSSH takes no key whose last line does not end.
  const std::string& key = login.ssh_private_key.Reveal();
  KPROTO_ASSIGN_OR_RETURN(dir_, PrivateDir::Make("", "ssh"));
  KPROTO_ASSIGN_OR_RETURN(
      key_, SecretFile::Make(
                *dir_, SecretString(absl::EndsWith(key, "\n") ? key : absl::StrCat(key, "\n"))));
  std::string ssh = absl::StrCat("ssh -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityFile=",
                                 Quoted(key_->path()));
  if (!login.ssh_known_hosts.empty()) {
    KPROTO_ASSIGN_OR_RETURN(
        known_hosts_,
        SecretFile::Make(*dir_, SecretString(absl::StrCat(login.ssh_known_hosts, "\n"))));
    absl::StrAppend(&ssh, " -o UserKnownHostsFile=", Quoted(known_hosts_->path()));
  }
  variables_ = {{"GIT_SSH_COMMAND", std::move(ssh)}, {"GIT_SSH_VARIANT", "ssh"}};
  return absl::OkStatus();
}

}  // namespace kproto::git
