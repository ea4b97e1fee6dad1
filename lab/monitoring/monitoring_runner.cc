// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/monitoring_runner.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"
#include "lab/monitoring/container.h"
#include "lab/monitoring/grafana_stand_in.h"
#include "lab/monitoring/loki_process.h"
#include "lab/monitoring/pod_requests.h"
#include "lab/process/private_file.h"
#include "lab/process/wait.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr absl::Duration kPass = absl::Milliseconds(500);
constexpr char kPods[] =
    "/api/v1/pods?labelSelector=app.kubernetes.io%2Fname%20in%20%28loki%2Cgrafana%29";
constexpr char kGateway[] = "nginx";  // containers
constexpr char kGrafana[] = "grafana";
constexpr char kHttpPort[] = "http-metrics";

bool IsReady(const json& pod) {
  const json& conditions = Items(pod, {"status", "conditions"});
  return At(pod, {"metadata", "deletionTimestamp"}).is_null() &&
         !Text(pod, {"status", "podIP"}).empty() &&
         std::any_of(conditions.begin(), conditions.end(), [](const json& condition) {
           return Text(condition, {"type"}) == "Ready" && Text(condition, {"status"}) == "True";
         });
}

std::string UidOf(const json& pod) { return Text(pod, {"metadata", "uid"}); }

class Runner : public Companion {
 public:
  Runner(Spawner* spawner, const Tools* tools, const CompanionSite& site)
      : spawner_(spawner),
        tools_(tools),
        cluster_id_(site.spec.id),
        directory_(absl::StrCat(site.directory, "/monitoring")),
        pods_(site.pods),
        access_(site.access),
        api_(site.access),
        thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

 private:
  void Run(std::stop_token stop) {
    do {
      // An API server that does not answer says nothing about what is installed.
      if (const absl::StatusOr<json> list = api_.Get(kPods); list.ok()) {
        const MonitoringPods pods = FindMonitoringPods(*list);
        routes_.clear();
        Report("Loki", TendLoki(pods));
        Report("Grafana", TendGrafana(pods.grafana));
        pods_->SetRoutes(routes_);
      }
    } while (Pause(kPass, stop));
    pods_->SetRoutes({});
  }

  // Each trouble once, not twice a second.
  void Report(const char* what, const absl::Status& status) {
    std::string& before = told_[what];
    if (!status.ok() && before != status.ToString()) {
      Log(LogLevel::kError, what, {{"cluster", cluster_id_}, {"error", status.ToString()}});
    }
    before = status.ToString();
  }

  std::string Disks() const { return absl::StrCat(directory_, "/disks"); }

  void Route(const json& pod, int port, int local) {
    if (port != 0 && local != 0) {
      routes_[absl::StrCat(Text(pod, {"status", "podIP"}), ":", port)] = local;
    }
  }

  absl::Status TendLoki(const MonitoringPods& pods) {
    std::erase_if(lokis_, [&](const auto& loki) { return !pods.loki.contains(loki.first); });
    absl::Status status;
    for (const auto& [release, group] : pods.loki) {
      if (group.loki.empty()) {
        lokis_.erase(release);
        continue;
      }
      LokiProcess& loki = lokis_
                              .try_emplace(release, spawner_, tools_,
                                           absl::StrCat(directory_, "/",
                                                        absl::StrReplaceAll(release, {{"/", "-"}})),
                                           Disks())
                              .first->second;
      status.Update(loki.Tend(api_, group.loki.front(), group.loki.size()));
      for (const json& pod : group.loki) {
        Route(pod, Container(&api_, &pod, kLokiContainer).Port(kHttpPort), loki.port());
      }
      // The gateway only chooses among targets, which are one process here.
      for (const json& pod : group.gateway) {
        Route(pod, Container(&api_, &pod, kGateway).Port(kHttpPort), loki.port());
      }
    }
    return status;
  }

  absl::Status TendGrafana(const std::vector<json>& pods) {
    std::set<std::string> there;
    absl::Status status;
    for (const json& pod : pods) {
      there.insert(UidOf(pod));
      std::unique_ptr<GrafanaStandIn>& grafana = grafanas_[UidOf(pod)];
      if (grafana == nullptr) {
        absl::StatusOr<std::unique_ptr<GrafanaStandIn>> started = StartGrafana(pod);
        status.Update(started.status());
        grafana = started.ok() ? *std::move(started) : nullptr;
      }
      if (grafana != nullptr) {
        Route(pod, GrafanaPort(pod), grafana->port());
      }
    }
    std::erase_if(grafanas_, [&](const auto& grafana) { return !there.contains(grafana.first); });
    return status;
  }

  int GrafanaPort(const json& pod) {
    const Container container(&api_, &pod, kGrafana);
    const json& ports = Items(container.spec(), {"ports"});
    return ports.empty() ? 0 : container.Port(Text(ports[0], {"name"}));
  }

  absl::StatusOr<std::unique_ptr<GrafanaStandIn>> StartGrafana(const json& pod) {
    Container container(&api_, &pod, kGrafana);
    KPROTO_ASSIGN_OR_RETURN(const auto files, container.Files());
    KPROTO_ASSIGN_OR_RETURN(auto environment, container.Environment());
    KPROTO_ASSIGN_OR_RETURN(const std::string disk, container.DiskAt("/var/lib/grafana"));
    const std::string folder = absl::StrCat(Disks(), "/", disk);
    KPROTO_RETURN_IF_ERROR(MakePrivateDirectory(folder));
    GrafanaStandIn::Options options;
    options.admin_user = environment["GF_SECURITY_ADMIN_USER"];
    options.admin_password = environment["GF_SECURITY_ADMIN_PASSWORD"];
    options.database = absl::StrCat(folder, "/grafana.json");
    KPROTO_ASSIGN_OR_RETURN(options.provisioning, ProvisionedDatasources(files));
    // A client of its own: a question may take long, and this thread has more to do.
    options.get = [api = std::make_shared<ApiClient>(access_),
                   ns = Text(pod, {"metadata", "namespace"})](const std::string& url) {
      return GetFromPod(*api, ns, url);
    };
    return GrafanaStandIn::Start(std::move(options));
  }

  Spawner* const spawner_;
  const Tools* const tools_;
  const std::string cluster_id_;
  const std::string directory_;
  PodNetwork* const pods_;
  const AdminAccess access_;
  ApiClient api_;
  std::map<std::string, std::string> told_;
  std::map<std::string, LokiProcess> lokis_;                         // by release
  std::map<std::string, std::unique_ptr<GrafanaStandIn>> grafanas_;  // by the pod's uid
  PodNetwork::Routes routes_;
  std::jthread thread_;
};

}  // namespace

MonitoringPods FindMonitoringPods(const json& list) {
  MonitoringPods found;
  for (const json& pod : Items(list)) {
    const json& containers = Items(pod, {"spec", "containers"});
    const auto has = [&](const char* name) {
      return std::any_of(containers.begin(), containers.end(),
                         [&](const json& container) { return Text(container, {"name"}) == name; });
    };
    const json& labels = At(pod, {"metadata", "labels"});
    const std::string chart = Text(labels, {"app.kubernetes.io/name"});
    if (!IsReady(pod)) {
      continue;
    }
    if (chart == "grafana" && has(kGrafana)) {
      found.grafana.push_back(pod);
    } else if (chart == "loki" && (has(kLokiContainer) || has(kGateway))) {
      LokiPods& group = found.loki[absl::StrCat(Text(pod, {"metadata", "namespace"}), "/",
                                                Text(labels, {"app.kubernetes.io/instance"}))];
      (has(kLokiContainer) ? group.loki : group.gateway).push_back(pod);
    }
  }
  for (auto& [release, group] : found.loki) {
    std::sort(group.loki.begin(), group.loki.end(), [](const json& a, const json& b) {
      return Text(a, {"metadata", "name"}) < Text(b, {"metadata", "name"});
    });
  }
  return found;
}

CompanionFactory MonitoringRunner(Spawner* spawner, const Tools* tools) {
  return [=](const CompanionSite& site) -> std::unique_ptr<Companion> {
    return std::make_unique<Runner>(spawner, tools, site);
  };
}

}  // namespace kproto::lab
