// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/pod_requests.h"

#include <gtest/gtest.h>

#include "lab/kubernetes/json.h"
#include "lab/servers/http_listener.h"
#include "tests/support/status_matchers.h"

namespace kproto::lab {
namespace {

using kproto::testing::IsOk;
using kproto::testing::StatusIs;

TEST(ServiceProxyPathTest, LeadsToTheServiceThatAUrlNames) {
  const char* gateway = "/api/v1/namespaces/monitoring/services/http:loki-gateway:80/proxy/a?b=c";
  for (const char* host : {"loki-gateway", "loki-gateway.monitoring", "loki-gateway.monitoring.svc",
                           "loki-gateway.monitoring.svc.cluster.local",
                           "loki-gateway.monitoring.svc.cluster.local."}) {
    EXPECT_EQ(ServiceProxyPath(std::string("http://") + host + "/a?b=c", "monitoring"), gateway);
  }
  EXPECT_EQ(ServiceProxyPath("https://x.other.svc:3100", "monitoring"),
            "/api/v1/namespaces/other/services/https:x:3100/proxy/");
}

TEST(ServiceProxyPathTest, IsNoneForWhatIsNotOfTheCluster) {
  for (const char* url : {"http://127.0.0.1:9/", "http://localhost/", "http://www.example.com/",
                          "loki.monitoring.svc", ""}) {
    EXPECT_EQ(ServiceProxyPath(url, "monitoring"), "") << url;
  }
}

TEST(GetFromPodTest, AsksOtherAddressesThemselves) {
  auto server = HttpListener::Start(0, [](httplib::Server& paths) {
    paths.Get("/there", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(R"({"status": "success"})", "application/json");
    });
  });
  ASSERT_THAT(server, IsOk());
  ApiClient nobody({.server = "http://127.0.0.1:9"});
  const auto answer = GetFromPod(nobody, "monitoring", (*server)->url() + "/there");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(Text(*answer, {"status"}), "success");
  EXPECT_THAT(GetFromPod(nobody, "monitoring", (*server)->url() + "/elsewhere"),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(GetFromPod(nobody, "monitoring", "nothing"),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace kproto::lab
