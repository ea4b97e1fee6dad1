// SPDX-License-Identifier: MPL-2.0
// CliGit: the git on PATH, run without a shell and never asking: neither for a password nor for a
// host key. Without a login, credentials are those that git finds by itself. What it fetches it
// does not run: no hooks, no submodules, no links.
#pragma once

#include <memory>

#include "clients/git/git.h"

namespace kproto::git {

std::unique_ptr<Git> MakeCliGit();

}  // namespace kproto::git
