// SPDX-License-Identifier: MPL-2.0
// Why an Application does not get there, for the tail of an error: what Argo CD says (conditions,
// operation, resources that failed), then what its pods and the scheduler say.
#pragma once

#include <string>

#include "clients/argocd/application.h"
#include "clients/argocd/application_state.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::argocd {

// Lines, each starting with "\n"; "" when nobody says anything. Reads the cluster, never fails.
std::string Explain(kubernetes::Kubernetes& kubernetes, const Application& want,
                    const ApplicationState& is, const kubernetes::Call& call);

}  // namespace kproto::argocd
