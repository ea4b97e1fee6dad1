// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/grafana_stand_in.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "lab/kubernetes/json.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using kproto::testing::StatusIs;
using kproto::testing::TempDir;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class GrafanaStandInTest : public ::testing::Test {
 protected:
  // A pod that starts with this password in its environment.
  void Begin(const std::string& password) {
    grafana_.reset();
    auto started = GrafanaStandIn::Start(
        {.admin_user = "admin",
         .admin_password = password,
         .database = dir_ / "grafana.json",
         .provisioning = provisioning_,
         .get = [this](const std::string& url) -> absl::StatusOr<json> {
           asked_ = url;
           return url.find("http://loki/") == 0
                      ? absl::StatusOr<json>(json{{"status", "success"}})
                      : absl::StatusOr<json>(absl::UnavailableError("no route"));
         }});
    ASSERT_TRUE(started.ok()) << started.status();
    grafana_ = *std::move(started);
  }

  // HTTP status and body; the session cookie is kept.
  std::pair<int, json> Ask(const std::string& method, const std::string& path,
                           const json& body = json()) {
    httplib::Client client("127.0.0.1", grafana_->port());
    httplib::Headers headers;
    if (!cookie_.empty()) {
      headers.emplace("Cookie", cookie_);
    }
    const auto result = method == "GET" ? client.Get(path, headers)
                        : method == "PUT"
                            ? client.Put(path, headers, body.dump(), "application/json")
                            : client.Post(path, headers, body.dump(), "application/json");
    EXPECT_TRUE(result);
    if (const std::string set = result->get_header_value("Set-Cookie"); !set.empty()) {
      cookie_ = set.substr(0, set.find(';'));
    }
    return {result->status, ParseJson(result->body)};
  }

  int LogIn(const std::string& password) {
    return Ask("POST", "/login", {{"user", "admin"}, {"password", password}}).first;
  }
  int Change(const std::string& from, const std::string& to) {
    return Ask("PUT", "/api/user/password", {{"oldPassword", from}, {"newPassword", to}}).first;
  }

  TempDir dir_;
  std::unique_ptr<GrafanaStandIn> grafana_;
  std::string cookie_, asked_;
  Provisioning provisioning_{
      .datasources = {{.uid = "loki", .name = "Loki", .type = "loki", .url = "http://loki/"},
                      {.uid = "dead", .name = "Dead", .type = "loki", .url = "http://dead"},
                      {.uid = "sql", .name = "Sql", .type = "mysql", .url = "db"}}};
};

TEST_F(GrafanaStandInTest, TakesItsPasswordFromTheEnvironmentOnceOnly) {
  Begin("first-password");
  EXPECT_EQ(LogIn("first-password"), 200);
  Begin("of the changed Secret");
  EXPECT_EQ(LogIn("of the changed Secret"), 401);
  EXPECT_EQ(LogIn("first-password"), 200);
  std::filesystem::remove(dir_ / "grafana.json");  // a new volume
  Begin("of the changed Secret");
  EXPECT_EQ(LogIn("of the changed Secret"), 200);
}

TEST_F(GrafanaStandInTest, AChangedPasswordEndsSessionsAndOutlivesThePod) {
  Begin("first-password");
  ASSERT_EQ(LogIn("first-password"), 200);
  EXPECT_EQ(Ask("GET", "/api/user").first, 200);
  EXPECT_EQ(Change("not this one", "second-password"), 401);
  EXPECT_EQ(Change("first-password", "abc"), 400);
  EXPECT_EQ(Change("first-password", "second-password"), 200);
  EXPECT_EQ(Ask("GET", "/api/user").first, 401) << "the session has ended";
  Begin("first-password");
  EXPECT_EQ(LogIn("first-password"), 401);
  EXPECT_EQ(LogIn("second-password"), 200);
  EXPECT_THAT(dir_.Read("grafana.json"), Not(HasSubstr("second-password")));
}

TEST_F(GrafanaStandInTest, NobodyIsToldWithoutALogin) {
  Begin("first-password");
  EXPECT_EQ(Ask("GET", "/api/health").second["database"], "ok");
  EXPECT_EQ(Ask("GET", "/api/datasources").first, 401);
  EXPECT_EQ(Change("first-password", "second-password"), 401);
  httplib::Client client("127.0.0.1", grafana_->port());
  client.set_basic_auth("admin", "first-password");
  EXPECT_EQ(client.Get("/api/datasources")->status, 200);
  client.set_basic_auth("admin", "wrong");
  EXPECT_EQ(client.Get("/api/datasources")->status, 401);
  EXPECT_THAT(client.Get("/login")->body, HasSubstr("not Grafana"));
}

TEST_F(GrafanaStandInTest, ADatasourcesHealthIsWhatItsAddressAnswers) {
  Begin("first-password");
  ASSERT_EQ(LogIn("first-password"), 200);
  EXPECT_EQ(Ask("GET", "/api/datasources").second.size(), 3u);
  EXPECT_EQ(Ask("GET", "/api/datasources/uid/loki/health").first, 200);
  EXPECT_EQ(asked_, "http://loki/loki/api/v1/query?query=vector(1)%2Bvector(1)");
  const auto [status, body] = Ask("GET", "/api/datasources/uid/dead/health");
  EXPECT_EQ(status, 400);
  EXPECT_THAT(Text(body, {"message"}), HasSubstr("Unable to connect with Loki"));
  EXPECT_EQ(Ask("GET", "/api/datasources/uid/sql/health").first, 404);
  EXPECT_EQ(Ask("GET", "/api/datasources/uid/none/health").first, 404);
  EXPECT_EQ(Ask("GET", "/api/unknown").first, 404);
}

TEST_F(GrafanaStandInTest, ADatasourceStaysThatNoFileHasAnyMore) {
  Begin("first-password");
  provisioning_ = {.datasources = {{.uid = "new", .name = "New", .type = "loki", .prune = true}}};
  Begin("first-password");
  ASSERT_EQ(LogIn("first-password"), 200);
  EXPECT_EQ(Ask("GET", "/api/datasources").second.size(), 4u);
  provisioning_ = {.removed = {"Dead"}};
  Begin("first-password");
  ASSERT_EQ(LogIn("first-password"), 200);
  EXPECT_EQ(Ask("GET", "/api/datasources").second.size(), 2u) << "one removed, one pruned";
}

TEST_F(GrafanaStandInTest, ADatabaseThatIsNoneIsNotWrittenOver) {
  dir_.Write("grafana.json", "not JSON");
  EXPECT_THAT(GrafanaStandIn::Start({.database = dir_ / "grafana.json"}),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(dir_.Read("grafana.json"), "not JSON");
}

}  // namespace
}  // namespace kproto::lab
