// SPDX-License-Identifier: MPL-2.0
#include "clients/grafana/grafana.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/played_services.h"
#include "tests/support/status_matchers.h"

namespace kproto::grafana {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = absl::StatusCode;

class GrafanaTest : public ::testing::Test {
 protected:
  GrafanaTest() {
    services_.password = "first";
    kubernetes_.OnProxy([this](const auto& request) { return services_(request); });
  }
  static SecretString Secret(const char* text) { return SecretString(text); }

  testing::FakeKubernetes kubernetes_;
  testing::PlayedServices services_;
  Grafana grafana_{&kubernetes_, "monitoring", "grafana", "80"};
};

TEST_F(GrafanaTest, APasswordIsChangedInASession) {
  EXPECT_THAT(grafana_.CheckHealth({}), IsOk());
  const auto session = grafana_.Login("admin", Secret("first"), {});
  ASSERT_THAT(session, IsOk());
  EXPECT_THAT(grafana_.ChangePassword(*session, Secret("first"), Secret("second"), {}), IsOk());
  EXPECT_EQ(services_.password, "second");
  EXPECT_THAT(kubernetes_.log.calls(), Contains("proxy monitoring/grafana:80/api/user/password"));
}

TEST_F(GrafanaTest, AWrongPasswordIsUnauthenticatedAndNotRepeated) {
  const auto session = grafana_.Login("admin", Secret("guess"), {});
  EXPECT_THAT(session, StatusIs(Code::kUnauthenticated, HasSubstr("Invalid username")));
  EXPECT_THAT(std::string(session.status().message()), Not(HasSubstr("guess")));
}

TEST_F(GrafanaTest, ADatasourceThatFailsIsToldInGrafanasWords) {
  const auto session = grafana_.Login("admin", Secret("first"), {});
  const auto datasources = grafana_.Datasources(*session, {});
  ASSERT_THAT(datasources, IsOk());
  ASSERT_EQ(datasources->size(), 1u);
  EXPECT_THAT(grafana_.CheckDatasource(*session, (*datasources)[0], {}), IsOk());
  services_.datasource_code["loki"] = 400;
  EXPECT_THAT(grafana_.CheckDatasource(*session, (*datasources)[0], {}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("Unable to connect with Loki")));
  services_.datasource_code["loki"] = 404;  // a type without such a check
  EXPECT_THAT(grafana_.CheckDatasource(*session, (*datasources)[0], {}), IsOk());
}

TEST_F(GrafanaTest, WithoutAPodItIsUnavailable) {
  services_.grafana_up = false;
  EXPECT_THAT(grafana_.CheckHealth({}), StatusIs(Code::kUnavailable, HasSubstr("no endpoints")));
}

}  // namespace
}  // namespace kproto::grafana
