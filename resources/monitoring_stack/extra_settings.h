// SPDX-License-Identifier: MPL-2.0
// The parts of a kproto_monitoring_stack that bring in more than the stack itself: the user's own
// Applications and the repositories that ask for a password. Their tables are in
// extra_settings.cc.
#pragma once

#include <cstdint>
#include <string>

#include "base/secret.h"
#include "provider/schema/model.h"

namespace kproto {

// Values files of a chart that lie in a Git repository.
struct StackValuesFrom {
  Attr<std::string> repo_url, revision;
  Attr<ListOf<std::string>> files;
  static const Table<StackValuesFrom>& Fields();
};

// One Application of the user's own: a chart, or a folder of a Git repository.
struct StackExtraApplication {
  Attr<std::string> repo_url, chart, chart_version, path, revision;
  Attr<std::string> ns;      // the attribute `namespace`
  Attr<std::string> values;  // a YAML text
  Attr<StackValuesFrom> values_from;
  static const Table<StackExtraApplication>& Fields();
};

// How Argo CD gets into one Git repository.
struct StackGitCredentials {
  Attr<std::string> repo_url, username;
  Attr<SecretString> password_wo;
  Attr<int64_t> password_wo_version;
  Attr<SecretString> ssh_private_key_wo;
  Attr<int64_t> ssh_private_key_wo_version;
  Attr<std::string> ssh_known_hosts;
  static const Table<StackGitCredentials>& Fields();
};

// Refuses a URL with a password in it: it would stay in the state for all to read.
Validator WithoutPassword();

}  // namespace kproto
