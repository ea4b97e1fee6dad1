// SPDX-License-Identifier: MPL-2.0
// ArgoCd: Argo CD driven by its custom resources through the Kubernetes API: no port-forward, no
// token, no second login. CrdArgoCd is the real one and works over any Kubernetes, the fake too.
// Errors are those of clients/kubernetes/kubernetes.h. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/argocd/application.h"
#include "clients/argocd/application_state.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::argocd {

using kubernetes::Call;

struct Observed {
  Application application;  // as stored: what is wanted of Argo CD
  ApplicationState state;   // what came of it
};

enum class RefreshType { kNormal, kHard };  // kHard also drops Argo CD's manifest cache

struct HealthWait {
  VerdictOptions verdict;
  // Called with each new reason while not done; may be empty. For progress lines.
  std::function<void(const std::string& reason)> progress;
  // Where its workloads are, when that is another cluster than Argo CD's: whose pods to ask why.
  kubernetes::Kubernetes* workloads = nullptr;
};

class ArgoCd {
 public:
  virtual ~ArgoCd() = default;

  // nullopt when it, or Argo CD itself, is not there.
  virtual absl::StatusOr<std::optional<Observed>> GetApplication(const std::string& ns,
                                                                 const std::string& name,
                                                                 const Call& call) = 0;
  // Creates it, or makes it so: fields that someone else set to other values are taken over.
  virtual absl::StatusOr<Observed> ApplyApplication(const Application& application,
                                                    const Call& call) = 0;
  // Asks for deletion; with kResourcesFinalizer its workloads go first. A missing one is success.
  virtual absl::Status DeleteApplication(const std::string& ns, const std::string& name,
                                         const Call& call) = 0;
  // Until it is gone. DeadlineExceeded says what Argo CD could not delete.
  virtual absl::Status WaitDeleted(const std::string& ns, const std::string& name,
                                   const Call& call) = 0;

  virtual absl::StatusOr<std::optional<AppProject>> GetProject(const std::string& ns,
                                                               const std::string& name,
                                                               const Call& call) = 0;
  virtual absl::Status ApplyProject(const AppProject& project, const Call& call) = 0;
  virtual absl::Status DeleteProject(const std::string& ns, const std::string& name,
                                     const Call& call) = 0;

  // Asks Argo CD to compare again; returns at once.
  virtual absl::Status Refresh(const std::string& ns, const std::string& name, RefreshType type,
                               const Call& call) = 0;
  // Asks for one sync operation by the Application's own sync policy; returns at once.
  virtual absl::Status Sync(const std::string& ns, const std::string& name, const Call& call) = 0;

  // Until Judge() says done (→ the state) or failed (→ FailedPrecondition), or the deadline passes
  // (→ DeadlineExceeded). Either error tells what Argo CD, the pods of the destination namespace
  // and the scheduler say.
  virtual absl::StatusOr<ApplicationState> WaitHealthy(const Application& want,
                                                       const HealthWait& wait,
                                                       const Call& call) = 0;
};

// Neither `kubernetes` nor `clock` is owned; both outlive the result.
std::unique_ptr<ArgoCd> MakeArgoCd(kubernetes::Kubernetes* kubernetes, Clock* clock);

}  // namespace kproto::argocd
