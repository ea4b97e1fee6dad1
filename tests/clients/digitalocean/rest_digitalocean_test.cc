// SPDX-License-Identifier: MPL-2.0
// The whole client, down to the socket, against a canned server: paths, bodies, pages, errors.
#include "clients/digitalocean/rest_digitalocean.h"

#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/http/curl_client.h"
#include "clients/http/response.h"
#include "clients/http/retrying_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http_imposter.h"
#include "tests/support/status_matchers.h"

namespace kproto::digitalocean {
namespace {

using ::kproto::testing::Ending;
using ::kproto::testing::FakeClock;
using ::kproto::testing::HttpImposter;
using ::kproto::testing::IsOk;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::Reply;
using ::kproto::testing::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

constexpr char kNotFound[] = R"({"id":"not_found","message":"not found","request_id":"r"})";
constexpr char kClusterPath[] = "/v2/kubernetes/clusters/c-1";

MATCHER(IsNothing, "is nullopt") { return !arg.has_value(); }

class RestDigitalOceanTest : public ::testing::Test {
 protected:
  Json LastBody() { return Json::parse(server_.requests().back().body, nullptr, false); }

  HttpImposter server_;
  FakeClock clock_;
  http::CurlClient curl_{{}};
  http::RetryingClient retrying_{curl_, clock_, {.jitter = [] { return 1.0; }}};
  RestDigitalOcean client_{retrying_, server_.url() + "/", SecretString("t0ken\n")};
};

TEST_F(RestDigitalOceanTest, ListsAndDeletesSnapshots) {
  server_.On("GET", "/v2/snapshots?page=1&per_page=200", {.body = R"({"snapshots":[
      {"id":"s-1","name":"nightly","resource_id":"v-1","resource_type":"volume",
       "size_gigabytes":1.5,"tags":["k8s:c-1"]}],"links":{}})"});
  const auto snapshots = client_.ListSnapshots({});
  ASSERT_THAT(snapshots, IsOk());
  ASSERT_EQ(snapshots->size(), 1u);
  EXPECT_EQ((*snapshots)[0].resource_id, "v-1");
  EXPECT_EQ((*snapshots)[0].size_gib, 1.5);
  EXPECT_THAT((*snapshots)[0].tags, ElementsAre("k8s:c-1"));
  server_.On("DELETE", "/v2/snapshots/s-1", {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.DeleteSnapshot("s-1", {}), IsOk());
}

TEST_F(RestDigitalOceanTest, IntroducesItself) {
  server_.On("GET", "/v2/account", {.body = R"({"account":{"uuid":"u","droplet_limit":25}})"});
  const auto account = client_.GetAccount({});
  ASSERT_THAT(account, IsOk());
  EXPECT_EQ(account->droplet_limit, 25);
  const auto headers = server_.requests()[0].headers;
  EXPECT_THAT(headers, Contains(Pair("authorization", "Bearer t0ken")));
  EXPECT_THAT(headers, Contains(Pair("accept", "application/json")));
}

TEST_F(RestDigitalOceanTest, DropletsAreCountedWithoutBeingListed) {
  server_.On("GET", "/v2/droplets?per_page=1",
             {.body = R"({"droplets":[{"id":1}],"meta":{"total":37}})"});
  EXPECT_THAT(client_.CountDroplets({}), IsOkAndHolds(37));
}

TEST_F(RestDigitalOceanTest, AListThatDoesNotSayHowLongItIsCannotBeCounted) {
  server_.On("GET", "/v2/droplets?per_page=1", {.body = R"({"droplets":[]})"});
  EXPECT_THAT(client_.CountDroplets({}), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("total")));
}

TEST_F(RestDigitalOceanTest, WithoutATokenNothingIsSent) {
  RestDigitalOcean client(retrying_, server_.url(), SecretString(" "));
  const auto account = client.GetAccount({});
  EXPECT_THAT(account, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(HintOf(account.status()), HasSubstr("DIGITALOCEAN_TOKEN"));
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(RestDigitalOceanTest, AnUnreachableApiIsOneErrorWithAHint) {
  RestDigitalOcean client(retrying_, "http://127.0.0.1:1", SecretString("t"));
  const auto account = client.GetAccount({});
  EXPECT_THAT(account, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("gave up after 5")));
  EXPECT_THAT(HintOf(account.status()), HasSubstr("DIGITALOCEAN_API_URL"));
  RestDigitalOcean typo(retrying_, "api.digitalocean.com", SecretString("t"));
  EXPECT_THAT(typo.GetAccount({}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http")));
}

TEST_F(RestDigitalOceanTest, ListsEveryPageFromItsOwnAddress) {
  const auto page = [](const std::string& ids, const std::string& links) {
    return Reply{.body = absl::StrCat(R"({"vpcs":[)", ids, R"(],"links":)", links, "}")};
  };
  const std::string next = R"({"pages":{"next":"https://elsewhere.example/v2/vpcs?page=9"}})";
  server_.On("GET", "/v2/vpcs?page=1&per_page=200", page(R"({"id":"a"},{"id":"b"})", next));
  server_.On("GET", "/v2/vpcs?page=2&per_page=200", page(R"({"id":"c"})", next));
  server_.On("GET", "/v2/vpcs?page=3&per_page=200", page(R"({"id":"d"})", "{}"));
  const auto vpcs = client_.ListVpcs({});
  ASSERT_THAT(vpcs, IsOk());
  std::vector<std::string> ids;
  for (const Vpc& vpc : *vpcs) {
    ids.push_back(vpc.id);
  }
  EXPECT_THAT(ids, ElementsAre("a", "b", "c", "d"));
}

TEST_F(RestDigitalOceanTest, APageThatFailsFailsTheList) {
  server_.On("GET", "/v2/vpcs?page=1&per_page=200",
             {.body = R"({"vpcs":[{"id":"a"}],"links":{"pages":{"next":"x"}}})"});
  server_.On("GET", "/v2/vpcs?page=2&per_page=200",
             {.code = 403, .body = R"({"id":"forbidden","message":"no"})"});
  EXPECT_THAT(client_.ListVpcs({}), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(RestDigitalOceanTest, EmptyListsAreEmptyAndMissingListsAreErrors) {
  server_.On("GET", "/v2/load_balancers?page=1&per_page=200",
             {.body = R"({"load_balancers":[],"links":{"pages":{"next":"x"}}})"});
  EXPECT_THAT(client_.ListLoadBalancers({}), IsOkAndHolds(IsEmpty()));
  server_.On("GET", "/v2/load_balancers?page=1&per_page=200",
             {.body = R"({"load_balancers":null})"});
  EXPECT_THAT(client_.ListLoadBalancers({}), IsOkAndHolds(IsEmpty()));
  server_.On("GET", "/v2/load_balancers?page=1&per_page=200", {.body = "{}"});
  EXPECT_THAT(client_.ListLoadBalancers({}),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("GET /v2/load_balancers is not as expected: expected a list "
                                 "\"load_balancers\" (HTTP 200)")));
}

TEST_F(RestDigitalOceanTest, CreatesAClusterInOneCall) {
  server_.On("POST", "/v2/kubernetes/clusters",
             {.code = 201,
              .body = R"({"kubernetes_cluster":{"id":"c-1","status":{"state":"provisioning"}}})"});
  const auto cluster = client_.CreateCluster(
      {.name = "k8s", .region = "nyc3", .version = "1.34", .node_pools = {{.name = "p"}}}, {});
  ASSERT_THAT(cluster, IsOk());
  EXPECT_EQ(cluster->status.state, ClusterState::kProvisioning);
  EXPECT_THAT(server_.requests()[0].headers, Contains(Pair("content-type", "application/json")));
  EXPECT_EQ(LastBody()["node_pools"][0]["labels"], Json::object());
}

TEST_F(RestDigitalOceanTest, ALostAnswerToACreateIsNotTriedAgain) {
  server_.On("POST", "/v2/kubernetes/clusters", {.ending = Ending::kReset});
  const auto cluster = client_.CreateCluster({.name = "k8s"}, {});
  EXPECT_THAT(cluster, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not repeated")));
  EXPECT_TRUE(http::MayHaveTakenEffect(cluster.status()));
  EXPECT_EQ(server_.requests().size(), 1u);
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(RestDigitalOceanTest, AServerErrorToACreateIsNotTriedAgain) {
  server_.On("POST", "/v2/vpcs",
             {.code = 500, .body = R"({"id":"server_error","message":"oops"})"});
  const auto vpc = client_.CreateVpc({.name = "v"}, {});
  EXPECT_THAT(vpc, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("oops (server_error")));
  EXPECT_TRUE(http::MayHaveTakenEffect(vpc.status()));
}

TEST_F(RestDigitalOceanTest, AnUnreadableAnswerToACreateMayHaveMadeSomething) {
  for (const char* body : {"", "{\"vpc\":{\"id\":", "<html>", "[]", "{}", R"({"vpc":[]})",
                           R"({"vpc":{"id":""}})", R"({"vpc":{"id":7}})"}) {
    server_.On("POST", "/v2/vpcs", {.code = 201, .body = body});
    const auto vpc = client_.CreateVpc({.name = "v"}, {});
    EXPECT_THAT(vpc, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("POST /v2/vpcs"))) << body;
    EXPECT_TRUE(http::MayHaveTakenEffect(vpc.status())) << body;
  }
}

TEST_F(RestDigitalOceanTest, AThrottledCreateIsTriedAgainAfterTheAskedPause) {
  server_.On("POST", "/v2/vpcs",
             {.code = 429,
              .body = R"({"id":"too_many_requests","message":"slow"})",
              .headers = {{"Retry-After", "9"}}});
  server_.On("POST", "/v2/vpcs", {.code = 201, .body = R"({"vpc":{"id":"v-1"}})"});
  EXPECT_THAT(client_.CreateVpc({.name = "v"}, {}), IsOk());
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(9)));
}

TEST_F(RestDigitalOceanTest, ReadsSurviveFailuresInBetween) {
  // The reset comes first: libcurl itself repeats a read when a kept connection turns out dead.
  server_.On("GET", kClusterPath, {.ending = Ending::kReset});
  server_.On("GET", kClusterPath, {.code = 500});
  server_.On("GET", kClusterPath, {.body = R"({"half)", .ending = Ending::kTruncated});
  server_.On("GET", kClusterPath, {.body = R"({"kubernetes_cluster":{"id":"c-1"}})"});
  const auto cluster = client_.GetCluster("c-1", {});
  ASSERT_THAT(cluster, IsOk());
  EXPECT_EQ((*cluster)->id, "c-1");
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4)));
}

TEST_F(RestDigitalOceanTest, GetOfNothingIsNothing) {
  server_.On("GET", kClusterPath, {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.GetCluster("c-1", {}), IsOkAndHolds(IsNothing()));
  server_.On("GET", "/v2/vpcs/v", {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.GetVpc("v", {}), IsOkAndHolds(IsNothing()));
  server_.On("GET", "/v2/vpcs/v/members?page=1&per_page=200", {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.ListVpcMembers("v", {}), IsOkAndHolds(IsEmpty()));
}

TEST_F(RestDigitalOceanTest, A404OfSomethingElseLosesNothing) {
  server_.On("GET", kClusterPath, {.code = 404, .body = "<html>nginx</html>"});
  EXPECT_THAT(client_.GetCluster("c-1", {}), StatusIs(absl::StatusCode::kFailedPrecondition));
  server_.On("DELETE", kClusterPath, {.code = 404, .body = "404 page not found"});
  EXPECT_THAT(client_.DeleteCluster("c-1", {}), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(RestDigitalOceanTest, DeleteOfNothingSucceedsAndUpdateOfNothingFails) {
  server_.On("DELETE", kClusterPath, {.code = 204});
  EXPECT_THAT(client_.DeleteCluster("c-1", {}), IsOk());
  server_.On("DELETE", kClusterPath, {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.DeleteCluster("c-1", {}), IsOk());
  server_.On("PUT", kClusterPath, {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.UpdateCluster("c-1", {.name = "k"}, {}),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RestDigitalOceanTest, AVpcWithMembersIsAborted) {
  server_.On(
      "DELETE", "/v2/vpcs/v-1",
      {.code = 409, .body = R"({"id":"conflict","message":"Can not delete VPC with members"})"});
  EXPECT_THAT(client_.DeleteVpc("v-1", {}),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("with members")));
}

TEST_F(RestDigitalOceanTest, IdsCannotLeadElsewhere) {
  for (const char* id : {"", ".", ".."}) {
    EXPECT_THAT(client_.DeleteCluster(id, {}), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(client_.GetNodePool("c-1", id, {}), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  server_.On("DELETE", "/v2/vpcs/a%2F..%2Fb%3Fc%20d", {.code = 204});
  EXPECT_THAT(client_.DeleteVpc("a/../b?c d", {}), IsOk());
}

TEST_F(RestDigitalOceanTest, StopEndsAHangingCall) {
  server_.On("GET", kClusterPath, {.ending = Ending::kHanging});
  std::stop_source stop;
  std::jthread stopper([&] {
    EXPECT_TRUE(server_.WaitForRequests(1));
    stop.request_stop();
  });
  EXPECT_THAT(client_.GetCluster("c-1", stop.get_token()), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(RestDigitalOceanTest, MintsCredentials) {
  server_.On("GET", absl::StrCat(kClusterPath, "/credentials?expiry_seconds=901"),
             {.body = R"({"server":"https://s","certificate_authority_data":"Q0E=","token":"t"})"});
  const auto credentials = client_.GetCredentials("c-1", absl::Seconds(900.5), {});
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->certificate_authority_pem, "CA");
  server_.On("GET", absl::StrCat(kClusterPath, "/credentials"), {.body = "{}"});
  EXPECT_THAT(client_.GetCredentials("c-1", absl::ZeroDuration(), {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(".server")));
}

TEST_F(RestDigitalOceanTest, FetchesKubeconfigsAndNothingElseInTheirPlace) {
  server_.On("GET", absl::StrCat(kClusterPath, "/kubeconfig?expiry_seconds=60"),
             {.body = "apiVersion: v1\nclusters: []\n"});
  const auto kubeconfig = client_.GetKubeconfig("c-1", absl::Minutes(1), {});
  ASSERT_THAT(kubeconfig, IsOk());
  EXPECT_THAT(kubeconfig->Reveal(), HasSubstr("clusters: []"));
  server_.On("GET", absl::StrCat(kClusterPath, "/kubeconfig"), {.body = "<html>secret</html>"});
  EXPECT_THAT(client_.GetKubeconfig("c-1", absl::ZeroDuration(), {}),
              StatusIs(absl::StatusCode::kDataLoss, Not(HasSubstr("secret"))));
}

TEST_F(RestDigitalOceanTest, ReadsTheNullThatUpgradesMayBe) {
  server_.On("GET", absl::StrCat(kClusterPath, "/upgrades"),
             {.body = R"({"available_upgrade_versions":null})"});
  EXPECT_THAT(client_.ListUpgrades("c-1", {}), IsOkAndHolds(IsEmpty()));
  server_.On("GET", absl::StrCat(kClusterPath, "/upgrades"),
             {.body = R"({"available_upgrade_versions":[{"slug":"1.34.2-do.0"}]})"});
  EXPECT_EQ(client_.ListUpgrades("c-1", {})->at(0).slug, "1.34.2-do.0");
}

TEST_F(RestDigitalOceanTest, CreatesATagThatIsThere) {
  server_.On("POST", "/v2/tags", {.code = 422, .body = R"({"id":"x","message":"exists"})"});
  server_.On("GET", "/v2/tags/kproto%3A1", {.body = R"({"tag":{"name":"kproto:1"}})"});
  EXPECT_THAT(client_.CreateTag("kproto:1", {}), IsOk());
  server_.On("POST", "/v2/tags", {.code = 422, .body = R"({"id":"x","message":"bad name"})"});
  server_.On("GET", "/v2/tags/%21", {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.CreateTag("!", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bad name")));
}

TEST_F(RestDigitalOceanTest, AssignmentsAreReportedOneByOne) {
  server_.On("POST", "/v2/projects/p/resources",
             {.body = R"({"resources":[{"urn":"do:kubernetes:c","status":"not_found"}]})"});
  const auto assigned = client_.AssignResources("p", {"do:kubernetes:c"}, {});
  ASSERT_THAT(assigned, IsOk());
  EXPECT_EQ(assigned->at(0).status, "not_found");
  EXPECT_EQ(LastBody(), Json::parse(R"({"resources":["do:kubernetes:c"]})"));
}

constexpr char kBalancer[] = R"({"name":"l","type":"REGIONAL","forwarding_rules":[],
    "sticky_sessions":{"type":"none"},"redirect_http_to_https":false,
    "enable_proxy_protocol":false,"enable_backend_keepalive":false,
    "disable_lets_encrypt_dns_records":false,"firewall":{"allow":[],"deny":[]},
    "tags":[],"droplet_ids":[]})";

TEST_F(RestDigitalOceanTest, ValidatesALoadBalancerWithoutMakingOne) {
  Json body = Json::parse(kBalancer);
  body["validate_only"] = true;
  server_.On("POST", "/v2/load_balancers", {.code = 204});
  EXPECT_THAT(client_.ValidateLoadBalancer({}, {.name = "l", .type = "REGIONAL"}, {}), IsOk());
  EXPECT_EQ(LastBody(), body);
  server_.On("PUT", "/v2/load_balancers/l-1",
             {.code = 422, .body = R"({"id":"x","message":"entry port is invalid"})"});
  EXPECT_THAT(client_.ValidateLoadBalancer("l-1", {.name = "l", .type = "REGIONAL"}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("entry port")));
  EXPECT_EQ(LastBody(), body);
}

// A DELETE that finds nothing has usually done its work; this one has not.
TEST_F(RestDigitalOceanTest, TakingARegistryFromAClusterFailsForAnUnknownName) {
  server_.On("DELETE", "/v2/kubernetes/registries", {.code = 404, .body = kNotFound});
  EXPECT_THAT(client_.RemoveClusterRegistries("c-1", {"a"}, {}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(LastBody(), Json::parse(R"({"cluster_uuids":["c-1"],"registries":["a"]})"));
}

// Method, path and body of what the tests above do not reach.
TEST_F(RestDigitalOceanTest, EveryOtherCallGoesWhereItShould) {
  const Reply cluster{.code = 202, .body = R"({"kubernetes_cluster":{"id":"c-1"}})"};
  const Reply pool{.code = 202, .body = R"({"node_pool":{"id":"p-1"}})"};
  const Reply vpc{.body = R"({"vpc":{"id":"v-1"}})"};
  const Reply done{.code = 204};
  const std::string c = kClusterPath;
  const std::string all = "?page=1&per_page=200";
  struct Case {
    std::string method, target;
    Reply reply;
    std::string body;
    std::function<absl::Status()> call;
  };
  const std::vector<Case> cases = {
      {"GET",
       "/v2/regions" + all,
       {.body = R"({"regions":[{"slug":"nyc3"}]})"},
       "",
       [&] { return client_.ListRegions({}).status(); }},
      {"GET",
       "/v2/sizes" + all,
       {.body = R"({"sizes":[{"slug":"c-2"}]})"},
       "",
       [&] { return client_.ListSizes({}).status(); }},
      {"GET",
       "/v2/kubernetes/options",
       {.body = R"({"options":{}})"},
       "",
       [&] { return client_.GetKubernetesOptions({}).status(); }},
      {"GET",
       "/v2/kubernetes/clusters" + all,
       {.body = R"({"kubernetes_clusters":[{"id":"c"}]})"},
       "",
       [&] { return client_.ListClusters({}).status(); }},
      {"PUT", c, cluster, R"({"name":"k"})",
       [&] { return client_.UpdateCluster("c-1", {.name = "k"}, {}).status(); }},
      {"GET",
       c + "/destroy_with_associated_resources",
       {.body = "{}"},
       "",
       [&] { return client_.GetAssociatedResources("c-1", {}).status(); }},
      {"DELETE", c + "/destroy_with_associated_resources/selective", done,
       R"({"load_balancers":["l"],"volumes":[],"volume_snapshots":[]})",
       [&] { return client_.DeleteClusterSelective("c-1", {.load_balancers = {"l"}}, {}); }},
      {"DELETE", c + "/destroy_with_associated_resources/dangerous", done, "",
       [&] { return client_.DeleteClusterWithEverything("c-1", {}); }},
      {"POST",
       c + "/upgrade",
       {.code = 202},
       R"({"version":"1.34.2-do.0"})",
       [&] { return client_.UpgradeCluster("c-1", "1.34.2-do.0", {}); }},
      {"GET",
       c + "/status_messages?since=2026-01-01T00%3A00%3A00Z",
       {.body = R"({"messages":[]})"},
       "",
       [&] { return client_.ListStatusMessages("c-1", "2026-01-01T00:00:00Z", {}).status(); }},
      {"POST",
       c + "/clusterlint",
       {.code = 202, .body = R"({"run_id":"r-1"})"},
       "",
       [&] { return client_.RunClusterlint("c-1", {}).status(); }},
      {"GET",
       c + "/clusterlint?run_id=r-1",
       {.body = R"({"run_id":"r-1"})"},
       "",
       [&] { return client_.GetClusterlint("c-1", "r-1", {}).status(); }},
      {"GET",
       c + "/node_pools" + all,
       {.body = R"({"node_pools":[]})"},
       "",
       [&] { return client_.ListNodePools("c-1", {}).status(); }},
      {"GET", c + "/node_pools/p-1", pool, "",
       [&] { return client_.GetNodePool("c-1", "p-1", {}).status(); }},
      {"POST", c + "/node_pools", pool,
       R"({"name":"p","size":"c-2","count":1,"tags":[],"labels":{},"taints":[],"auto_scale":false})",
       [&] { return client_.CreateNodePool("c-1", {.name = "p", .size = "c-2"}, {}).status(); }},
      {"PUT", c + "/node_pools/p-1", pool, R"({"name":"p","count":4})",
       [&] {
         return client_.UpdateNodePool("c-1", "p-1", {.name = "p", .count = 4}, {}).status();
       }},
      {"DELETE", c + "/node_pools/p-1", done, "",
       [&] { return client_.DeleteNodePool("c-1", "p-1", {}); }},
      {"DELETE",
       c + "/node_pools/p-1/nodes/n-1?skip_drain=1&replace=0",
       {.code = 202},
       "",
       [&] {
         return client_.DeleteNode("c-1", "p-1", "n-1", Drain::kSkip, Replacement::kNone, {});
       }},
      {"POST", "/v2/vpcs", vpc, R"({"name":"v","region":"nyc3"})",
       [&] { return client_.CreateVpc({.name = "v", .region = "nyc3"}, {}).status(); }},
      {"PATCH", "/v2/vpcs/v-1", vpc, R"({"description":"d"})",
       [&] { return client_.UpdateVpc("v-1", {.description = "d"}, {}).status(); }},
      {"GET",
       "/v2/load_balancers/l-1",
       {.body = R"({"load_balancer":{"id":"l-1"}})"},
       "",
       [&] { return client_.GetLoadBalancer("l-1", {}).status(); }},
      {"POST",
       "/v2/load_balancers",
       {.code = 202, .body = R"({"load_balancer":{"id":"l-1"}})"},
       kBalancer,
       [&] { return client_.CreateLoadBalancer({.name = "l", .type = "REGIONAL"}, {}).status(); }},
      {"PUT",
       "/v2/load_balancers/l-1",
       {.body = R"({"load_balancer":{"id":"l-1"}})"},
       kBalancer,
       [&] {
         return client_.UpdateLoadBalancer("l-1", {.name = "l", .type = "REGIONAL"}, {}).status();
       }},
      {"DELETE", "/v2/load_balancers/l-1", done, "",
       [&] { return client_.DeleteLoadBalancer("l-1", {}); }},
      {"GET",
       "/v2/volumes" + all,
       {.body = R"({"volumes":[{"id":"v"}]})"},
       "",
       [&] { return client_.ListVolumes({}).status(); }},
      {"DELETE", "/v2/volumes/v-1", done, "", [&] { return client_.DeleteVolume("v-1", {}); }},
      {"GET",
       "/v2/tags" + all,
       {.body = R"({"tags":[{"name":"t"}]})"},
       "",
       [&] { return client_.ListTags({}).status(); }},
      {"DELETE", "/v2/tags/t", done, "", [&] { return client_.DeleteTag("t", {}); }},
      {"POST", "/v2/tags/t/resources", done,
       R"({"resources":[{"resource_id":"1","resource_type":"droplet"}]})",
       [&] {
         return client_.TagResources("t", {{"1", "droplet"}}, {});
       }},
      {"GET",
       "/v2/projects" + all,
       {.body = R"({"projects":[{"id":"p"}]})"},
       "",
       [&] { return client_.ListProjects({}).status(); }},
      {"GET",
       "/v2/projects/default",
       {.body = R"({"project":{"id":"p"}})"},
       "",
       [&] { return client_.GetDefaultProject({}).status(); }},
      {"GET",
       "/v2/projects/p/resources" + all,
       {.body = R"({"resources":[{"urn":"u"}]})"},
       "",
       [&] { return client_.ListProjectResources("p", {}).status(); }},
      {"GET",
       "/v2/projects/p",
       {.body = R"({"project":{"id":"p"}})"},
       "",
       [&] { return client_.GetProject("p", {}).status(); }},
      {"POST",
       "/v2/projects",
       {.code = 201, .body = R"({"project":{"id":"p"}})"},
       R"({"name":"n","purpose":"IoT"})",
       [&] { return client_.CreateProject({.name = "n", .purpose = "IoT"}, {}).status(); }},
      {"PATCH",
       "/v2/projects/p",
       {.body = R"({"project":{"id":"p"}})"},
       R"({"description":"","is_default":true})",
       [&] {
         return client_.UpdateProject("p", {.description = "", .is_default = true}, {}).status();
       }},
      {"DELETE", "/v2/projects/p", done, "", [&] { return client_.DeleteProject("p", {}); }},
      {"GET",
       "/v2/registries" + all,
       {.body = R"({"registries":[{"name":"r"}]})"},
       "",
       [&] { return client_.ListRegistries({}).status(); }},
      {"GET",
       "/v2/registries/r",
       {.body = R"({"registry":{"name":"r"}})"},
       "",
       [&] { return client_.GetRegistry("r", {}).status(); }},
      {"POST",
       "/v2/registries",
       {.code = 201, .body = R"({"registry":{"name":"r"}})"},
       R"({"name":"r","region":"fra1"})",
       [&] { return client_.CreateRegistry({.name = "r", .region = "fra1"}, {}).status(); }},
      {"DELETE", "/v2/registries/r", done, "", [&] { return client_.DeleteRegistry("r", {}); }},
      {"GET",
       "/v2/registries/options",
       {.body = R"({"options":{"subscription_tiers":[{"slug":"basic"}]}})"},
       "",
       [&] { return client_.GetRegistryOptions({}).status(); }},
      {"POST", "/v2/registries/validate-name", done, R"({"name":"r"})",
       [&] { return client_.ValidateRegistryName("r", {}); }},
      {"GET",
       "/v2/registries/subscription",
       {.body = R"({"subscription":{"tier":{"slug":"basic"}}})"},
       "",
       [&] { return client_.GetRegistrySubscription({}).status(); }},
      {"POST",
       "/v2/registries/subscription",
       {.body = R"({"subscription":{"tier":{"slug":"basic"}}})"},
       R"({"tier_slug":"basic"})",
       [&] { return client_.SetRegistrySubscription("basic", {}); }},
      {"POST", "/v2/kubernetes/registries", done, R"({"cluster_uuids":["c-1"],"registries":["r"]})",
       [&] { return client_.AddClusterRegistries("c-1", {"r"}, {}); }},
  };
  for (const Case& c : cases) {
    server_.On(c.method, c.target, c.reply);
    EXPECT_THAT(c.call(), IsOk()) << c.method << " " << c.target;
    const std::string body = server_.requests().back().body;
    EXPECT_EQ(body.empty() ? Json() : Json::parse(body),
              c.body.empty() ? Json() : Json::parse(c.body))
        << c.method << " " << c.target;
  }
}

// Whatever bytes come as an answer, every call ends with a value or one error.
TEST_F(RestDigitalOceanTest, NoAnswerDoesHarm) {
  const std::string deep = std::string(100000, '[');
  for (const std::string& body :
       {std::string(), std::string("null"), std::string("7"), std::string("\"x\""),
        std::string("[]"), std::string("{}"), std::string("{\"kubernetes_cluster\":"),
        std::string("{\"kubernetes_cluster\":null,\"kubernetes_clusters\":7}"),
        std::string("{\"kubernetes_clusters\":[null],\"links\":[]}"),
        std::string("{\"kubernetes_clusters\":[7],\"links\":{\"pages\":7}}"),
        std::string("\0\xff\xfe", 3), std::string("<html>"), deep}) {
    for (const int code : {200, 201, 204, 302, 400, 404, 418}) {
      const Reply reply{.code = code, .body = code == 204 ? "" : body};
      server_.On("GET", kClusterPath, reply);
      EXPECT_THAT(client_.GetCluster("c-1", {}), Not(IsOk())) << code << body.substr(0, 99);
      server_.On("GET", "/v2/kubernetes/clusters?page=1&per_page=200", reply);
      EXPECT_THAT(client_.ListClusters({}), Not(IsOk())) << code << body.substr(0, 99);
    }
  }
}

TEST(MakeRestDigitalOceanTest, PutsTheLayersTogether) {
  HttpImposter server;
  FakeClock clock;
  server.On("GET", "/v2/account", {.code = 503});
  server.On("GET", "/v2/account",
            {.body = R"({"account":{}})", .headers = {{"x-kproto-lab-time-factor", "20"}}});
  const auto client = MakeRestDigitalOcean({.base_url = server.url(),
                                            .token = SecretString("t"),
                                            .user_agent = "terraform-provider-kproto/0.1.0"},
                                           clock);
  EXPECT_THAT(client->GetAccount({}), IsOk());
  EXPECT_EQ(clock.factor(), 20);
  EXPECT_THAT(server.requests()[0].headers,
              Contains(Pair("user-agent", "terraform-provider-kproto/0.1.0")));
}

}  // namespace
}  // namespace kproto::digitalocean
