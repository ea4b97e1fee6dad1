// SPDX-License-Identifier: MPL-2.0
// Stack: what the steps of one operation share: the way to the cluster, what is wanted, and what
// was found and made. Each member of Found is written by one step alone, so steps may run side by
// side; read it when the run is over.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "clients/argocd/argocd.h"
#include "clients/helm/helm.h"
#include "provider/reconcile/step.h"
#include "resources/connections.h"
#include "resources/monitoring_stack/access.h"
#include "resources/monitoring_stack/desired.h"
#include "resources/step_call.h"

namespace kproto::monitoring_stack {

struct Found {
  std::optional<helm::Release> release;
  Json release_values;
  std::string recovered;  // what was done about a release that a helm had left pending; ""
  bool marked = true;     // the release is known to be kproto's; only if there is one
  bool argocd_without_helm = false;  // it runs, and no release of Helm's is it
  // A key for every name of Desired::ApplicationNames(), from the start.
  std::map<std::string, std::optional<argocd::Observed>> applications;
  std::optional<Json> storage_class;                           // of the stack's own making
  std::vector<Json> rbac, isolation;                           // likewise
  std::map<std::string, Attr<StackPodSecurity>> pod_security;  // by namespace, as kproto set it
  std::vector<std::string> retired;             // Applications of ours that are not wanted
  std::vector<std::string> foreign_namespaces;  // there before the stack, and staying
  bool grafana_exposed = false;
  std::string grafana_url;                    // of its load balancer; "" while there is none
  std::string ingress_address;                // of the controller's; ""
  bool verified = false;                      // by this operation
  std::map<std::string, std::string> images;  // pulled, by the name the charts give them
};

struct Stack {
  Stack(Connections& connections, Access& access, Desired wanted)
      : connections(connections), access(access), desired(std::move(wanted)) {
    for (const std::string& name : desired.ApplicationNames()) {
      found.applications[name];
    }
  }

  Connections& connections;
  Access& access;
  const Desired desired;
  std::optional<SecretString> password;           // of Grafana's admin, when the user gave one
  bool password_changed = false;                  // set it even where there is one
  std::map<std::string, GitSecrets> git_secrets;  // only in an apply
  std::vector<std::string> formerly;  // Applications that the state knows, wanted no more
  Found found;
};

// A step of the stack: knows it, and gets into its cluster.
class StackStep : public Step {
 public:
  explicit StackStep(Stack& stack) : stack_(stack) {}

 protected:
  absl::StatusOr<Cluster> Connect(const StepContext& context) {
    return stack_.access.Get(CallOf(context));
  }
  const Desired& desired() const { return stack_.desired; }
  Found& found() { return stack_.found; }

  Stack& stack_;
};

}  // namespace kproto::monitoring_stack
