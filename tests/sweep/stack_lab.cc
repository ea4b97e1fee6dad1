// SPDX-License-Identifier: MPL-2.0
#include "tests/sweep/stack_lab.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "lab/daemon/lab_record.h"
#include "lab/kubernetes/json.h"
#include "lab/process/private_file.h"
#include "lab/process/wait.h"
#include "tests/lab/support/lab_tools.h"

namespace kproto::testing {
namespace {

using lab::Items;
using lab::Text;
using Json = nlohmann::json;

constexpr char kAddress[] = "kproto_monitoring_stack.this";
constexpr char kCluster[] = R"({"name": "swept", "region": "nyc3", "version": "latest",
    "node_pools": [{"name": "primary", "size": "s-4vcpu-8gb", "count": 1},
                   {"name": "monitoring", "size": "c-4", "count": 2,
                    "labels": {"node-type": "monitoring"},
                    "taints": [{"key": "dedicated", "value": "monitoring",
                                "effect": "NoSchedule"}]}]})";

absl::Time Soon() { return absl::Now() + absl::Seconds(120); }

std::string NameOf(const Json& object) {
  const std::string ns = Text(object, {"metadata", "namespace"});
  return absl::StrCat(ns, ns.empty() ? "" : "/", Text(object, {"metadata", "name"}));
}

// What the API server itself and the lab put there is no part of it; of revisions see below.
bool IsOfTheStack(const std::string& name) {
  return !absl::StartsWith(name, "system:") && !absl::StartsWith(name, "kube-") &&
         !absl::StartsWith(name, "default/") && !absl::StrContains(name, "/sh.helm.release.");
}

// A release with the status of its newest revision; how many it took may differ.
void AddReleases(const Json& secrets, std::vector<std::string>& lines) {
  std::map<std::string, std::pair<int, std::string>> newest;
  for (const Json& secret : Items(secrets)) {
    int revision = 0;
    if (absl::SimpleAtoi(Text(secret, {"metadata", "labels", "version"}), &revision)) {
      auto& release = newest[Text(secret, {"metadata", "labels", "name"})];
      release = std::max(release, {revision, Text(secret, {"metadata", "labels", "status"})});
    }
  }
  for (const auto& [name, release] : newest) {
    lines.push_back(absl::StrCat("release ", name, " ", release.second));
  }
}

}  // namespace

StackLab::StackLab() {
  lab_.Up({"--time-factor", "60"});
  const Json made = lab_.Api("POST", "/v2/kubernetes/clusters", Json::parse(kCluster));
  Json cluster;
  EXPECT_TRUE(lab::WaitUntil(
      [&] {
        cluster = lab_.DoJson("status")["clusters"][0];
        return cluster["nodes_ready"] == 3;
      },
      Soon()));
  const std::string directory = Text(cluster, {"directory"});
  const lab::CertificatePaths paths(directory);
  const std::string server = Text(cluster, {"server"});
  const std::string tokens = lab::ReadFile(directory + "/tokens.csv").value_or("");
  cluster_ = std::make_unique<lab::ApiClient>(lab::AdminAccess{
      .server = server, .ca_path = paths.ca, .token = tokens.substr(0, tokens.find(','))});
  // Namespaces made before this account is there would get none.
  EXPECT_TRUE(lab::WaitUntil(
      [&] { return cluster_->Get("/api/v1/namespaces/default/serviceaccounts/default").ok(); },
      Soon()));
  api_ = std::make_unique<FaultyApiServer>(paths, lab::PortOf(server));
  const std::string kubeconfig = lab::ReadFile(Text(cluster, {"kubeconfig"})).value_or("");
  const std::string ca = lab::ReadFile(paths.ca).value_or("");
  dir_.Write("kubeconfig",
             absl::StrReplaceAll(
                 kubeconfig,
                 {{server, absl::StrCat("https://127.0.0.1:", api_->port())},
                  {absl::StrCat("certificate-authority: \"", paths.ca, "\""),
                   absl::StrCat("certificate-authority-data: \"", absl::Base64Escape(ca), "\"")}}));
  auto env = lab_.Env();
  host_ = std::make_unique<ProviderHost>(ProviderHost::Options{
      .binary = KPROTO_PROVIDER,
      .type = "kproto_monitoring_stack",
      .data_dir = dir_ / "data",
      .configuration = {{"token", "nobody"},
                        {"api_url", "http://127.0.0.1:9"},
                        {"helm_path", lab::testing::RealTools().Path("helm")}},
      .environment = {{"KPROTO_CHART_MIRROR", env["KPROTO_CHART_MIRROR"]}}});
}

ProviderHost::Configuration StackLab::Of(Variant variant) const {
  if (variant == Variant::kNone) {
    return {};
  }
  const bool second = variant == Variant::kSecond;
  return {{kAddress,
           {{"kubernetes", {{"config_path", dir_ / "kubeconfig"}}},
            {"values_dir", KPROTO_SOURCE_DIR "/examples/tofu/platform/helm-values"},
            {"environment", "dev"},
            {"collector", "promtail"},
            {"grafana", {{"expose", "load_balancer"}}},
            {"loki", {{"retention", second ? "48h" : "168h"}, {"volume_gib", 10}}},
            {"network_policies", second},
            {"rbac", {{second ? "admin_groups" : "viewer_groups", {"engineers"}}}},
            {"timeouts", {{"create", "4m"}, {"update", "4m"}, {"delete", "4m"}}}}}};
}

std::vector<std::string> StackLab::Holdings() {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& kind, const std::string& path) {
    const Json list = cluster_->Get(path).value_or(Json());
    for (const Json& object : Items(list)) {
      if (IsOfTheStack(NameOf(object))) {
        lines.push_back(absl::StrCat(kind, " ", NameOf(object)));
      }
    }
  };
  add("Namespace", "/api/v1/namespaces");
  add("ConfigMap", "/api/v1/configmaps");
  add("Secret", "/api/v1/secrets");
  add("Service", "/api/v1/services");
  add("ServiceAccount", "/api/v1/serviceaccounts");
  add("PersistentVolumeClaim", "/api/v1/persistentvolumeclaims");
  add("Deployment", "/apis/apps/v1/deployments");
  add("StatefulSet", "/apis/apps/v1/statefulsets");
  add("DaemonSet", "/apis/apps/v1/daemonsets");
  add("NetworkPolicy", "/apis/networking.k8s.io/v1/networkpolicies");
  for (const char* kind : {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}) {
    add(kind,
        absl::StrCat("/apis/rbac.authorization.k8s.io/v1/", absl::AsciiStrToLower(kind), "s"));
  }
  add("StorageClass", "/apis/storage.k8s.io/v1/storageclasses");
  add("CustomResourceDefinition", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
  add("AppProject", "/apis/argoproj.io/v1alpha1/appprojects");
  const Json applications =
      cluster_->Get("/apis/argoproj.io/v1alpha1/applications").value_or(Json());
  for (const Json& application : Items(applications)) {
    lines.push_back(absl::StrCat("Application ", NameOf(application), " ",
                                 Text(application, {"status", "sync", "status"}), " ",
                                 Text(application, {"status", "health", "status"})));
  }
  AddReleases(cluster_->Get("/api/v1/secrets?labelSelector=owner%3Dhelm").value_or(Json()), lines);
  const Json inventory = lab_.DoJson("inventory");
  for (const char* kind : {"load_balancers", "volumes"}) {
    lines.push_back(absl::StrCat(Items(inventory, {kind}).size(), " ", kind));
  }
  for (const Json& volume : Items(cluster_->Get("/api/v1/persistentvolumes").value_or(Json()))) {
    lines.push_back(absl::StrCat("PersistentVolume of ", Text(volume, {"spec", "claimRef", "name"}),
                                 " ", Text(volume, {"status", "phase"})));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> StackLab::Claims() {
  std::vector<std::string> lines;
  const Json claims = cluster_->Get("/api/v1/persistentvolumeclaims").value_or(Json());
  for (const Json& claim : Items(claims)) {
    lines.push_back(absl::StrCat(NameOf(claim), " ", Text(claim, {"metadata", "uid"})));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string StackLab::HoldingsDiffer(const std::vector<std::string>& expected) {
  std::vector<std::string> is;
  if (lab::WaitUntil([&] { return (is = Holdings()) == expected; }, absl::Now() + absl::Seconds(40),
                     {}, absl::Milliseconds(250))) {
    return "";
  }
  std::vector<std::string> more, less;
  std::set_difference(is.begin(), is.end(), expected.begin(), expected.end(),
                      std::back_inserter(more));
  std::set_difference(expected.begin(), expected.end(), is.begin(), is.end(),
                      std::back_inserter(less));
  std::string text;
  for (const std::string& line : more) {
    absl::StrAppend(&text, "there is more: ", line, "\n");
  }
  for (const std::string& line : less) {
    absl::StrAppend(&text, "there is less: ", line, "\n");
  }
  return text;
}

}  // namespace kproto::testing
