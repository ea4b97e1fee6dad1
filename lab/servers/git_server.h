// SPDX-License-Identifier: MPL-2.0
// The lab's Git server: smart HTTP by git's own CGI program, with push, over bare repositories in
// one directory; and the seeding of the repository that a user's `git` block points to.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace httplib {
class Server;
}

namespace kproto::lab {

// Makes the bare repository `path` with one commit on branch `main` that holds the contents of
// `source`'s folders k8s/ and helm-values/ (those that are there). An existing one is left alone:
// it may hold pushes.
absl::Status SeedGitRepository(const std::string& git, const std::string& path,
                               const std::string& source);

// In a repository's folder: one line "user:password" that it then asks for, as a private one does.
inline constexpr char kGitPasswordFile[] = "kproto-password";

// Serves the repositories below `root` for fetch and push, each without authentication unless it
// has that file.
void ServeGit(httplib::Server& server, const std::string& git, const std::string& root);

}  // namespace kproto::lab
