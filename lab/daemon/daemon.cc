// SPDX-License-Identifier: MPL-2.0
#include "lab/daemon/daemon.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "lab/cloud/cloud_controllers.h"
#include "lab/kubernetes/json.h"
#include "lab/monitoring/monitoring_runner.h"
#include "lab/process/leftovers.h"
#include "lab/process/port.h"
#include "lab/process/private_file.h"
#include "lab/servers/chart_repository.h"
#include "lab/servers/git_server.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {
namespace {

// A token of DigitalOcean's form, so that what checks the form is satisfied.
std::string NewToken() { return absl::StrCat("dop_v1_", RandomHex(32)); }

// What went wrong goes to the person who asked, in words.
void Write(const absl::StatusOr<nlohmann::json>& answer, httplib::Response& response) {
  const nlohmann::json body =
      answer.ok() ? *answer : nlohmann::json{{"message", std::string(answer.status().message())}};
  response.status = answer.ok() ? 200 : 400;
  response.set_content(body.dump(), "application/json");
}

std::string Or(const std::string& value, const std::string& fallback) {
  return value.empty() ? fallback : value;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const DaemonOptions& options,
                                                      const Progress& progress) {
  const LabFiles files(options.directory);
  KPROTO_RETURN_IF_ERROR(files.Claim());
  KPROTO_ASSIGN_OR_RETURN(LabLock lock, LabLock::Take(files));
  // What an earlier run left when it was killed.
  KillLeftovers(options.directory);
  std::unique_ptr<Daemon> daemon(new Daemon(options, std::move(lock)));
  KPROTO_RETURN_IF_ERROR(daemon->StartServers(progress));
  KPROTO_RETURN_IF_ERROR(daemon->StartCloud());
  progress(absl::StrCat("DigitalOcean simulator at ", daemon->record_.simulator_url, ", time × ",
                        options.time_factor));
  KPROTO_RETURN_IF_ERROR(daemon->StartControl());
  KPROTO_RETURN_IF_ERROR(daemon->record_.Save(files));
  return daemon;
}

Daemon::Daemon(const DaemonOptions& options, LabLock lock)
    : options_(options),
      files_(options.directory),
      lock_(std::move(lock)),
      tools_(options.tools),
      before_(LabRecord::Load(files_).value_or(LabRecord())),
      record_({.user_token = Or(before_.user_token, NewToken()),
               .controller_token = Or(before_.controller_token, NewToken()),
               .tools = options.tools,
               .provider = options.provider,
               .time_factor = options.time_factor}),
      spawner_(options.directory) {}

Daemon::~Daemon() {
  // The API first: nobody may make a cluster while clusters end.
  control_.reset();
  simulator_server_.reset();
  simulator_.reset();
  backend_.reset();
  charts_.reset();
  git_.reset();
  KillLeftovers(options_.directory);
}

absl::Status Daemon::StartCloud() {
  // The controllers of restored clusters need the address before the simulator has it.
  const int before = PortOf(before_.simulator_url);
  const int port = before > 0 && PortIsFree(before) ? before : FreePort();
  record_.simulator_url = absl::StrCat("http://127.0.0.1:", port);
  if (options_.clusters == DaemonOptions::Clusters::kReal) {
    backend_ = std::make_unique<KubernetesBackend>(
        &spawner_, &tools_,
        KubernetesBackend::Options{
            .directory = files_.clusters(),
            .stages = absl::StrCat(options_.data, "/kubernetes/stages.yaml"),
            .companions = {CloudControllers(record_.simulator_url, record_.controller_token),
                           ArgoCdRunner(&spawner_, &tools_, &argocd_),
                           MonitoringRunner(&spawner_, &tools_)}});
  }
  SimulatorOptions simulator;
  simulator.state_path = files_.simulator_state();
  simulator.time_factor = options_.time_factor;
  simulator.backend = backend_.get();
  simulator.user_tokens = {record_.user_token};
  simulator.controller_token = record_.controller_token;
  KPROTO_ASSIGN_OR_RETURN(simulator_, Simulator::Create(simulator));
  simulator_server_ = std::make_unique<SimulatorServer>(simulator_.get());
  return simulator_server_->Start(port).status();
}

absl::Status Daemon::StartServers(const Progress& progress) {
  const std::string helm = tools_.Path("helm");
  const std::string git = tools_.Path("git");
  if (helm.empty() || git.empty()) {
    return options_.clusters == DaemonOptions::Clusters::kByNameOnly
               ? absl::OkStatus()
               : absl::FailedPreconditionError("helm or git is missing");
  }
  const std::filesystem::path argocd = tools_.Path("argocd");
  KPROTO_RETURN_IF_ERROR(PackCharts({.charts = absl::StrCat(options_.data, "/charts"),
                                     .destination = files_.charts(),
                                     .helm = helm,
                                     .argocd_crds = argocd.parent_path() / "crds"}));
  KPROTO_ASSIGN_OR_RETURN(
      charts_, HttpListener::Start(PortOf(before_.charts_url), [this](httplib::Server& server) {
        ServeCharts(server, files_.charts());
      }));
  record_.charts_url = charts_->url();
  progress(absl::StrCat("chart repositories at ", record_.charts_url));

  KPROTO_RETURN_IF_ERROR(MakePrivateDirectory(files_.git()));
  const std::filesystem::path data(options_.data);
  KPROTO_RETURN_IF_ERROR(SeedGitRepository(git, absl::StrCat(files_.git(), "/platform.git"),
                                           data.parent_path() / "examples/tofu/platform"));
  const std::string before = before_.git_url.substr(0, before_.git_url.rfind('/'));
  KPROTO_ASSIGN_OR_RETURN(git_, HttpListener::Start(PortOf(before), [&](httplib::Server& server) {
                            ServeGit(server, git, files_.git());
                          }));
  record_.git_url = absl::StrCat(git_->url(), "/platform.git");
  progress(absl::StrCat("Git repository at ", record_.git_url));
  return absl::OkStatus();
}

absl::Status Daemon::StartControl() {
  scenes_ = std::make_unique<PlayingScenes>(backend_.get());
  const std::string expected = absl::StrCat("Bearer ", record_.controller_token);
  const auto guarded = [expected](auto answer) {
    return [expected, answer](const httplib::Request& request, httplib::Response& response) {
      if (request.get_header_value("Authorization") != expected) {
        response.status = 401;
        return;
      }
      Write(answer(request), response);
    };
  };
  using Answer = absl::StatusOr<nlohmann::json>;
  KPROTO_ASSIGN_OR_RETURN(
      control_, HttpListener::Start(0, [&](httplib::Server& server) {
        server.Get("/status",
                   guarded([this](const httplib::Request&) -> Answer { return StatusJson(); }));
        server.Get("/scenes",
                   guarded([this](const httplib::Request&) -> Answer { return scenes_->List(); }));
        server.Post("/scenes", guarded([this](const httplib::Request& request) -> Answer {
                      return scenes_->Begin(ParseJson(request.body));
                    }));
        server.Delete("/scenes", guarded([this](const httplib::Request& request) -> Answer {
                        return scenes_->End(ParseJson(request.body));
                      }));
      }));
  record_.control_url = control_->url();
  return absl::OkStatus();
}

nlohmann::json Daemon::StatusJson() {
  nlohmann::json clusters = nlohmann::json::array();
  for (const ClusterStatus& cluster :
       backend_ == nullptr ? std::vector<ClusterStatus>() : backend_->Status()) {
    clusters.push_back({{"id", cluster.id},
                        {"name", cluster.name},
                        {"server", cluster.server},
                        {"kubeconfig", cluster.kubeconfig},
                        {"directory", cluster.directory},
                        {"ready", cluster.ready},
                        {"nodes_ready", cluster.nodes_ready},
                        {"argocd", argocd_.Running(cluster.id)}});
  }
  return {{"clusters", clusters}};
}

}  // namespace kproto::lab
