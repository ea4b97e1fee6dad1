// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/control_plane.h"

#include <arpa/inet.h>

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"
#include "lab/kubernetes/stages.h"
#include "lab/process/port.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

constexpr char kIssuer[] = "https://kubernetes.default.svc";
constexpr absl::Duration kRestartPause = absl::Seconds(1);

constexpr char kKubeconfig[] = R"(apiVersion: v1
kind: Config
clusters:
- name: $0
  cluster: {server: "$1", certificate-authority: "$2"}
users:
- name: admin
  user: {token: "$3"}
contexts:
- name: $0
  context: {cluster: $0, user: admin}
current-context: $0
)";

// The port of an earlier run, which kubeconfigs out there name, unless someone else has taken it.
int Keep(const nlohmann::json& port) {
  const int kept = port.is_number_integer() ? port.get<int>() : 0;
  return kept > 0 && PortIsFree(kept) ? kept : FreePort();
}

}  // namespace

std::string FirstServiceAddress(const std::string& service_subnet) {
  const std::vector<std::string> parts = absl::StrSplit(service_subnet, '/');
  in_addr address{};
  if (inet_pton(AF_INET, parts[0].c_str(), &address) != 1) {
    return "10.245.0.1";
  }
  address.s_addr = htonl(ntohl(address.s_addr) + 1);
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &address, text, sizeof text);
}

ControlPlane::ControlPlane(Spawner* spawner, const Tools* tools, ClusterSpec spec,
                           std::string directory, std::string stages)
    : spawner_(spawner),
      tools_(tools),
      spec_(std::move(spec)),
      directory_(std::move(directory)),
      stages_(std::move(stages)),
      certificates_(directory_) {}

absl::Status ControlPlane::Prepare(const std::string& egress) {
  KPROTO_RETURN_IF_ERROR(MakePrivateDirectory(directory_));
  KPROTO_RETURN_IF_ERROR(WritePrivateFile(absl::StrCat(directory_, "/egress.json"), egress));
  KPROTO_RETURN_IF_ERROR(
      EnsureCertificates(certificates_, spec_.name, FirstServiceAddress(spec_.service_subnet)));
  KPROTO_RETURN_IF_ERROR(ChoosePorts());
  KPROTO_RETURN_IF_ERROR(WriteCredentials());
  absl::MutexLock lock(&mutex_);
  members_.clear();
  for (auto [argv, needs_api] :
       std::initializer_list<std::pair<std::vector<std::string>, bool>>{{Etcd(), false},
                                                                        {ApiServer(), false},
                                                                        {ControllerManager(), true},
                                                                        {Scheduler(), true},
                                                                        {Kwok(), true}}) {
    members_.push_back({.argv = argv, .needs_api = needs_api});
  }
  return absl::OkStatus();
}

absl::Status ControlPlane::ChoosePorts() {
  const std::string path = absl::StrCat(directory_, "/ports.json");
  const nlohmann::json before = ParseJson(ReadFile(path).value_or("{}"));
  etcd_port_ = Keep(At(before, {"etcd"}));
  api_port_ = Keep(At(before, {"api"}));
  if (etcd_port_ == 0 || api_port_ == 0) {
    return absl::ResourceExhaustedError("no free port on 127.0.0.1");
  }
  const nlohmann::json now = {{"etcd", etcd_port_}, {"api", api_port_}};
  return WritePrivateFile(path, now.dump());
}

// One token for the lab itself and the controllers, by a file that only the owner can read.
absl::Status ControlPlane::WriteCredentials() {
  const std::string path = absl::StrCat(directory_, "/tokens.csv");
  std::string tokens = ReadFile(path).value_or("");
  if (tokens.empty()) {
    tokens = absl::StrCat(RandomHex(24), ",kproto-lab,kproto-lab,system:masters\n");
    KPROTO_RETURN_IF_ERROR(WritePrivateFile(path, tokens));
  }
  access_ = {.server = absl::StrCat("https://127.0.0.1:", api_port_),
             .ca_path = certificates_.ca,
             .token = tokens.substr(0, tokens.find(',')),
             .kubeconfig = absl::StrCat(directory_, "/admin.kubeconfig")};
  return WritePrivateFile(
      access_.kubeconfig,
      absl::Substitute(kKubeconfig, spec_.name, access_.server, access_.ca_path, access_.token));
}

absl::Status ControlPlane::Tend(bool api_answers) {
  absl::MutexLock lock(&mutex_);
  for (Member& member : members_) {
    if (killed_ || member.away || (member.needs_api && !api_answers) ||
        (member.process != nullptr && member.process->Running()) ||
        absl::Now() < member.started + kRestartPause) {
      continue;
    }
    const std::string name = member.argv[0].substr(member.argv[0].rfind('/') + 1);
    if (name.empty()) {
      return absl::FailedPreconditionError("a tool of the control plane is missing");
    }
    member.started = absl::Now();
    KPROTO_ASSIGN_OR_RETURN(
        member.process, spawner_->Start({.name = name,
                                         .argv = member.argv,
                                         .environment = {{"PATH", "/usr/bin:/bin"},
                                                         {"HOME", directory_},
                                                         {"KUBE_FEATURE_WatchListClient", "false"}},
                                         .directory = directory_,
                                         .log_path = absl::StrCat(directory_, "/", name, ".log")}));
  }
  return absl::OkStatus();
}

void ControlPlane::SetApiServer(Presence presence) {
  absl::MutexLock lock(&mutex_);
  if (members_.empty()) {
    return;
  }
  members_[kApiServer].away = presence == Presence::kAway;
  if (members_[kApiServer].away) {
    members_[kApiServer].process.reset();
  }
}

absl::Status ControlPlane::RefuseImages(const std::vector<std::string>& parts) {
  if (parts.empty()) {
    std::error_code none_there;
    std::filesystem::remove(OwnStages(), none_there);
  } else {
    KPROTO_ASSIGN_OR_RETURN(const std::string stages, ReadFile(stages_));
    KPROTO_ASSIGN_OR_RETURN(const std::string ours, WithImagesRefused(stages, parts));
    KPROTO_RETURN_IF_ERROR(WritePrivateFile(OwnStages(), ours));
  }
  absl::MutexLock lock(&mutex_);
  if (!members_.empty()) {
    members_[kKwok].argv = Kwok();
    members_[kKwok].process.reset();  // Tend starts it again, with the new rule
  }
  return absl::OkStatus();
}

void ControlPlane::Kill() {
  absl::MutexLock lock(&mutex_);
  killed_ = true;
  members_.clear();
}

std::vector<std::string> ControlPlane::Etcd() const {
  const std::string url = absl::StrCat("http://127.0.0.1:", etcd_port_);
  // A store of one member has no peers: its peer port is whatever the kernel gives. Its election
  // is with itself, so there is no reason to wait a second for it.
  return {tools_->Path("etcd"),
          absl::StrCat("--data-dir=", directory_, "/etcd"),
          absl::StrCat("--listen-client-urls=", url),
          absl::StrCat("--advertise-client-urls=", url),
          "--listen-peer-urls=http://127.0.0.1:0",
          "--initial-advertise-peer-urls=http://127.0.0.1:0",
          "--initial-cluster=default=http://127.0.0.1:0",
          "--heartbeat-interval=50",
          "--election-timeout=250",
          "--logger=zap",
          "--log-level=warn"};
}

std::vector<std::string> ControlPlane::ApiServer() const {
  return {tools_->Path("kube-apiserver"),
          absl::StrCat("--etcd-servers=http://127.0.0.1:", etcd_port_), "--bind-address=127.0.0.1",
          absl::StrCat("--secure-port=", api_port_),
          // The kubernetes Service cannot have a loopback endpoint, and nothing in the lab uses it.
          "--endpoint-reconciler-type=none", absl::StrCat("--tls-cert-file=", certificates_.server),
          absl::StrCat("--tls-private-key-file=", certificates_.server_key),
          absl::StrCat("--token-auth-file=", directory_, "/tokens.csv"),
          absl::StrCat("--service-account-issuer=", kIssuer),
          absl::StrCat("--service-account-key-file=", certificates_.service_account_key),
          absl::StrCat("--service-account-signing-key-file=", certificates_.service_account_key),
          absl::StrCat("--service-cluster-ip-range=", spec_.service_subnet),
          absl::StrCat("--egress-selector-config-file=", directory_, "/egress.json"),
          "--authorization-mode=Node,RBAC", "--allow-privileged=true",
          // Debian's etcd cannot report progress on a watch, which streamed lists need: without
          // this, newer clients ask for them, fail and come back late.
          "--feature-gates=WatchList=false", "--profiling=false", "--shutdown-delay-duration=0s"};
}

std::vector<std::string> ControlPlane::ControllerManager() const {
  return {tools_->Path("kube-controller-manager"),
          absl::StrCat("--kubeconfig=", access_.kubeconfig),
          "--leader-elect=false",
          "--secure-port=0",
          "--profiling=false",
          "--kube-api-qps=200",
          "--kube-api-burst=400",
          "--pvclaimbinder-sync-period=2s",
          absl::StrCat("--root-ca-file=", certificates_.ca),
          absl::StrCat("--service-account-private-key-file=", certificates_.service_account_key)};
}

std::vector<std::string> ControlPlane::Scheduler() const {
  return {tools_->Path("kube-scheduler"),
          absl::StrCat("--kubeconfig=", access_.kubeconfig),
          "--leader-elect=false",
          "--secure-port=0",
          "--profiling=false",
          "--kube-api-qps=200",
          "--kube-api-burst=400"};
}

std::vector<std::string> ControlPlane::Kwok() const {
  return {tools_->Path("kwok"), absl::StrCat("--kubeconfig=", access_.kubeconfig),
          absl::StrCat("--config=", std::filesystem::exists(OwnStages()) ? OwnStages() : stages_),
          absl::StrCat("--cidr=", spec_.cluster_subnet), "--manage-all-nodes=true",
          // Without leases: they decide which of several KWOKs has a node, and after a restart
          // the old ones would first have to expire. Heartbeats are a stage instead.
          "--node-lease-duration-seconds=0"};
}

}  // namespace kproto::lab
