// SPDX-License-Identifier: MPL-2.0
// AppOfApps: what the chart in Git really makes of the Applications that it is asked for, so that
// the AppProject can allow just that. The folder is fetched with the login that Argo CD has, else
// with the user's own, and rendered as Argo CD renders it; where that cannot be, the picture says
// why and the project stays open.
#pragma once

#include <optional>

#include "clients/git/git.h"
#include "clients/helm/helm.h"
#include "resources/monitoring_stack/checks/rendered_stack.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/monitoring_stack/footprint.h"

namespace kproto::monitoring_stack {

// Neither is owned. `config` has the passwords where a plan or an apply knows them.
struct GitAccess {
  git::Git& client;
  const GitCredentialsAttr& config;
};

// Adds to `stack`, in which everything that kproto asks for is rendered, its part `git`. Only in
// Git mode.
void RenderFromGit(const Desired& desired, const GitAccess& git, helm::Helm& helm,
                   const RepositoryLookup& repository, const helm::Call& call,
                   RenderedStack& stack);

// Whether Git has another commit than the one that `footprint` was taken from. False without Git,
// and where the repository is away: what is known then still is the best that is known.
bool GitHasMoved(const Desired& desired, const std::optional<Footprint>& footprint,
                 const GitAccess& git, const helm::Call& call);

}  // namespace kproto::monitoring_stack
