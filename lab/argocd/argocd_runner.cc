// SPDX-License-Identifier: MPL-2.0
#include "lab/argocd/argocd_runner.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "lab/argocd/argocd_processes.h"
#include "lab/kubernetes/json.h"
#include "lab/process/wait.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr absl::Duration kPass = absl::Milliseconds(500);
constexpr char kWorkloads[] = "/apis/apps/v1/namespaces/argocd/";
constexpr char kSelector[] = "?labelSelector=app.kubernetes.io%2Fpart-of%3Dargocd";

bool HasReady(const json& workloads, absl::string_view component) {
  for (const json& workload : Items(workloads)) {
    const json& ready = At(workload, {"status", "readyReplicas"});
    if (Text(workload, {"metadata", "labels", "app.kubernetes.io/name"}) == component &&
        At(workload, {"metadata", "deletionTimestamp"}).is_null() && ready.is_number_integer() &&
        ready.get<int>() > 0) {
      return true;
    }
  }
  return false;
}

class Runner : public Companion {
 public:
  Runner(Spawner* spawner, const Tools* tools, ArgoCdStatus* status, const CompanionSite& site)
      : cluster_id_(site.spec.id),
        status_(status),
        api_(site.access),
        argocd_(spawner, tools, site.access, absl::StrCat(site.directory, "/argocd")),
        thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

 private:
  void Run(std::stop_token stop) {
    do {
      const auto deployments = api_.Get(absl::StrCat(kWorkloads, "deployments", kSelector));
      const auto stateful_sets = api_.Get(absl::StrCat(kWorkloads, "statefulsets", kSelector));
      if (!deployments.ok() || !stateful_sets.ok()) {
        continue;  // an API server that does not answer says nothing about what is installed
      }
      if (ArgoCdIsUp(*deployments, *stateful_sets)) {
        Keep(ApplicationSetsAreServed(*deployments) ? ArgoCdProcesses::ApplicationSets::kServed
                                                    : ArgoCdProcesses::ApplicationSets::kIdle);
      } else if (argocd_.running()) {
        argocd_.Stop();
      }
      status_->Set(cluster_id_, argocd_.running());
    } while (Pause(kPass, stop));
    argocd_.Stop();
    status_->Set(cluster_id_, false);
  }

  void Keep(ArgoCdProcesses::ApplicationSets application_sets) {
    if (const absl::Status tended = argocd_.Tend(application_sets); !tended.ok()) {
      Log(LogLevel::kError, "Argo CD", {{"cluster", cluster_id_}, {"error", tended.ToString()}});
    }
  }

  const std::string cluster_id_;
  ArgoCdStatus* const status_;
  ApiClient api_;
  ArgoCdProcesses argocd_;
  std::jthread thread_;
};

}  // namespace

bool ArgoCdIsUp(const json& deployments, const json& stateful_sets) {
  // The controller may be a Deployment as well (dynamic cluster distribution).
  constexpr char kController[] = "argocd-application-controller";
  return HasReady(deployments, "argocd-repo-server") &&
         (HasReady(stateful_sets, kController) || HasReady(deployments, kController));
}

bool ApplicationSetsAreServed(const json& deployments) {
  return HasReady(deployments, "argocd-applicationset-controller");
}

CompanionFactory ArgoCdRunner(Spawner* spawner, const Tools* tools, ArgoCdStatus* status) {
  return [=](const CompanionSite& site) -> std::unique_ptr<Companion> {
    return std::make_unique<Runner>(spawner, tools, status, site);
  };
}

}  // namespace kproto::lab
