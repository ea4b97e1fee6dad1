// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/container.h"

#include <gmock/gmock.h>

#include "lab/servers/http_listener.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOkAndHolds;
using kproto::testing::StatusIs;
using nlohmann::json;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// A pod of the Grafana chart, and an API server that has what the pod names.
class ContainerTest : public ::testing::Test {
 protected:
  ContainerTest() {
    auto started = HttpListener::Start(0, [](httplib::Server& server) {
      const auto has = [&](const char* path, const char* object) {
        server.Get(std::string("/api/v1/namespaces/ns/") + path,
                   [object](const httplib::Request&, httplib::Response& response) {
                     response.set_content(object, "application/json");
                   });
      };
      has("configmaps/config", R"({"data": {"a.ini": "A", "b.yaml": "B"}})");
      has("secrets/admin", R"({"data": {"password": "c2VjcmV0"}})");
      has("persistentvolumeclaims/data", R"({"metadata": {"uid": "claim-uid"}})");
    });
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    api_ = std::make_unique<ApiClient>(AdminAccess{.server = server_->url()});
  }

  Container Of(const std::string& name) { return {api_.get(), &pod_, name}; }

  const json pod_ = json::parse(R"({
    "metadata": {"namespace": "ns", "uid": "pod-uid"},
    "spec": {
      "containers": [{
        "name": "grafana",
        "ports": [{"name": "web", "containerPort": 3000}],
        "env": [{"name": "PASSWORD",
                 "valueFrom": {"secretKeyRef": {"name": "admin", "key": "password"}}},
                {"name": "PLAIN", "value": "x"}],
        "envFrom": [{"secretRef": {"name": "gone", "optional": true}}],
        "volumeMounts": [{"name": "config", "mountPath": "/etc/a.ini", "subPath": "a.ini"},
                         {"name": "config", "mountPath": "/etc/all"},
                         {"name": "data", "mountPath": "/data"},
                         {"name": "scratch", "mountPath": "/tmp"}]},
        {"name": "broken",
         "env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "admin", "key": "no"}}}]}],
      "volumes": [{"name": "config", "configMap": {"name": "config"}},
                  {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                  {"name": "scratch", "emptyDir": {}}]}})");
  std::unique_ptr<HttpListener> server_;
  std::unique_ptr<ApiClient> api_;
};

TEST_F(ContainerTest, FindsFilesVariablesAndPortsAsAKubeletWouldGiveThem) {
  Container grafana = Of("grafana");
  EXPECT_THAT(grafana.Files(), IsOkAndHolds(UnorderedElementsAre(Pair("/etc/a.ini", "A"),
                                                                 Pair("/etc/all/a.ini", "A"),
                                                                 Pair("/etc/all/b.yaml", "B"))));
  EXPECT_THAT(grafana.Environment(),
              IsOkAndHolds(UnorderedElementsAre(Pair("PASSWORD", "secret"), Pair("PLAIN", "x"))));
  EXPECT_EQ(grafana.Port("web"), 3000);
  EXPECT_EQ(grafana.Port("other"), 0);
}

TEST_F(ContainerTest, ADiskIsTheClaimsOrThePodsOwn) {
  EXPECT_THAT(Of("grafana").DiskAt("/data"), IsOkAndHolds("claim-uid"));
  EXPECT_THAT(Of("grafana").DiskAt("/tmp"), IsOkAndHolds("pod-uid"));
}

TEST_F(ContainerTest, AKeyThatIsNotThereKeepsItFromStarting) {
  EXPECT_THAT(Of("broken").Environment(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(Of("other").exists());
}

}  // namespace
}  // namespace kproto::lab
