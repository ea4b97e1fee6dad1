// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/extra_settings.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "clients/yaml/yaml.h"

namespace kproto {
namespace {

// "must be …: line 3, column 7: …" for a text that no chart can take as its values.
absl::Status CheckValuesText(const Value& value) {
  const absl::StatusOr<nlohmann::json> values = yaml::Parse(value.string());
  if (!values.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("must be a YAML mapping: ", values.status().message()));
  }
  return values->is_object() || values->is_null()
             ? absl::OkStatus()
             : absl::InvalidArgumentError("must be a YAML mapping of values keys");
}

Validator RelativePath() {
  return Matches("[^/].*", "must be a path within the repository, without a slash in front");
}

absl::Status CheckUrl(const Value& value) {
  absl::string_view url = value.string();
  const bool http = absl::ConsumePrefix(&url, "https://") || absl::ConsumePrefix(&url, "http://");
  return http && absl::StrContains(url.substr(0, url.find('/')), '@')
             ? absl::InvalidArgumentError(
                   "must not hold a username or password: what is in a URL ends up in the state. "
                   "Use git_credentials")
             : absl::OkStatus();
}

}  // namespace

Validator WithoutPassword() { return &CheckUrl; }

const Table<StackValuesFrom>& StackValuesFrom::Fields() {
  static const auto& table = *new Table<StackValuesFrom>({
      Field("repo_url", &StackValuesFrom::repo_url, Required(), Check(NotEmpty()),
            Check(WithoutPassword()), Doc("URL of the Git repository.")),
      Field("revision", &StackValuesFrom::revision, Optional(), Check(NotEmpty()),
            Doc("Branch, tag or commit. Default: `main`.")),
      Field("files", &StackValuesFrom::files, Required(), Check(LengthBetween(1, 64)),
            Check(EachElement(RelativePath())),
            Doc("Paths of the values files in it; a later one has the last word.")),
  });
  return table;
}

const Table<StackExtraApplication>& StackExtraApplication::Fields() {
  using M = StackExtraApplication;
  static const auto& table = *new Table<M>({
      Field("repo_url", &M::repo_url, Required(), Check(NotEmpty()), Check(WithoutPassword()),
            Doc("URL of the chart repository or the Git repository, as Argo CD reaches it.")),
      Field("chart", &M::chart, Optional(), Check(NotEmpty()),
            Doc("Name of the chart. Exactly one of `chart` and `path`.")),
      Field("chart_version", &M::chart_version, Optional(), Check(NotEmpty()),
            Doc("Version of the chart.")),
      Field("path", &M::path, Optional(), Check(RelativePath()),
            Doc("Folder of the Git repository with a chart, a kustomization or plain manifests.")),
      Field("revision", &M::revision, Optional(), Check(NotEmpty()),
            Doc("Branch, tag or commit of the Git repository. Default: `main`.")),
      Field("namespace", &M::ns, Optional(),
            Check(Matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
                          "must have 1 to 63 lower-case letters, digits and dashes, no dash at "
                          "either end")),
            Doc("Namespace it is deployed to: the stack's own by default. One that is not there is "
                "made, and removed with the last Application in it.")),
      Field("values", &M::values, Optional(), Check(CheckValuesText),
            Doc("Values of the chart as YAML, such as `yamlencode({…})` or `file(…)`.")),
      Field("values_from", &M::values_from, Optional(),
            Doc("Values files of the chart in a Git repository, which Argo CD reads as `$values` "
                "and follows; `values` are laid over them.")),
  });
  return table;
}

const Table<StackGitCredentials>& StackGitCredentials::Fields() {
  using M = StackGitCredentials;
  static const auto& table = *new Table<M>({
      Field("repo_url", &M::repo_url, Required(),
            Check(Matches("(https?://|ssh://).+|[^/:@]+@[^/:]+:.+",
                          "must be the URL of a Git repository by HTTPS or SSH, such as "
                          "https://github.com/me/platform.git or git@github.com:me/platform.git")),
            Check(WithoutPassword()),
            Doc("URL of the repository, as `git` or `extra_applications` name it.")),
      Field("username", &M::username, Optional(), Check(NotEmpty()),
            Doc("Username by HTTPS; any text, such as `git`, where the password is a token.")),
      Field("password_wo", &M::password_wo, Optional(), WriteOnly(),
            Doc("Password or token by HTTPS. Never stored in the state; kept in a Secret in Argo "
                "CD's namespace.")),
      Field("password_wo_version", &M::password_wo_version, Optional(),
            Doc("Change it to have another `password_wo` taken over.")),
      Field("ssh_private_key_wo", &M::ssh_private_key_wo, Optional(), WriteOnly(),
            Doc("Private key by SSH, in PEM or OpenSSH form without a passphrase. Kept like "
                "`password_wo`.")),
      Field("ssh_private_key_wo_version", &M::ssh_private_key_wo_version, Optional(),
            Doc("Change it to have another `ssh_private_key_wo` taken over.")),
      Field(
          "ssh_known_hosts", &M::ssh_known_hosts, Optional(),
          Check(Matches("(?:(?:#.*|\\s*|\\S+[ \\t]+\\S+[ \\t]+\\S.*)\\n?)+",
                        "must be lines of a known_hosts file, as ssh-keyscan prints them: a host, "
                        "a kind of key and the key")),
          Doc("Public keys of the host by SSH, as `ssh-keyscan` prints them. Argo CD knows those "
              "of GitHub, GitLab, Bitbucket and Azure by itself.")),
  });
  return table;
}

}  // namespace kproto
