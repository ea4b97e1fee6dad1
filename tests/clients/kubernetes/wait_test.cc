// SPDX-License-Identifier: MPL-2.0
// WaitUntil() of RestKubernetes: rounds of list and watch against canned answers.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/kubernetes/rest_kubernetes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/http_imposter.h"
#include "tests/support/status_matchers.h"

namespace kproto::kubernetes {
namespace {

using ::kproto::testing::FakeClock;
using ::kproto::testing::FakeKubernetes;
using ::kproto::testing::HttpImposter;
using ::kproto::testing::IsOk;
using ::kproto::testing::Reply;
using ::kproto::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Code = absl::StatusCode;

const ObjectKey kKey = {"apps/v1", "Deployment", "x", "d"};
constexpr char kList[] = "/apis/apps/v1/namespaces/x/deployments?fieldSelector=metadata.name%3Dd";

std::string Watch(int version, int seconds = 20) {
  return absl::StrCat(kList, "&watch=1&allowWatchBookmarks=true&resourceVersion=", version,
                      "&timeoutSeconds=", seconds);
}

Reply Items(int version, const std::string& items) {
  return {200, absl::StrCat(R"({"metadata":{"resourceVersion":")", version, R"("},"items":[)",
                            items, "]}")};
}

std::string Ready(int n) { return absl::StrCat(R"({"status":{"ready":)", n, "}}"); }

std::string Event(const char* type, const std::string& object) {
  return absl::StrCat(R"({"type":")", type, R"(","object":)", object, "}\n");
}

class WaitTest : public ::testing::Test {
 protected:
  WaitTest() {
    Credentials credentials;
    credentials.host = server_.url();
    kubernetes_ = MakeRestKubernetes(credentials, &clock_);
  }

  // Done when `ready` is 3; keeps what it saw, -1 for "not there".
  Kubernetes::Predicate ThreeReady() {
    return [this](const Json* object) -> absl::StatusOr<bool> {
      seen_.push_back(object == nullptr ? -1 : (*object)["status"]["ready"].get<int>());
      return seen_.back() == 3;
    };
  }

  FakeClock clock_;
  HttpImposter server_;
  std::unique_ptr<Kubernetes> kubernetes_;
  std::vector<int> seen_;
};

TEST_F(WaitTest, DoneAtOnceNeedsOneRequest) {
  server_.On("GET", kList, Items(5, Ready(3)));
  const auto object = kubernetes_->WaitUntil(kKey, ThreeReady(), {});
  ASSERT_THAT(object, IsOk());
  EXPECT_EQ((**object)["kind"], "Deployment");
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(WaitTest, FollowsTheWatchFromTheListsVersion) {
  server_.On("GET", kList, Items(5, Ready(1)));
  const std::string events = Event("MODIFIED", Ready(2)) + Event("BOOKMARK", "{}") +
                             Event("MODIFIED", Ready(3)) + Event("MODIFIED", Ready(9));
  Reply reply;
  reply.chunks = {events.substr(0, 20), events.substr(20, 60), events.substr(80)};
  reply.ending = testing::Ending::kHanging;
  server_.On("GET", Watch(5), reply);
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, ThreeReady(), {}), IsOk());
  EXPECT_THAT(seen_, ElementsAre(1, 2, 3));
}

TEST_F(WaitTest, DeletionAndReturnAreSeen) {
  server_.On("GET", kList, Items(5, ""));
  Reply reply;
  reply.chunks = {Event("ADDED", Ready(1)), Event("DELETED", Ready(1)), Event("ADDED", Ready(3))};
  server_.On("GET", Watch(5), reply);
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, ThreeReady(), {}), IsOk());
  EXPECT_THAT(seen_, ElementsAre(-1, 1, -1, 3));
}

TEST_F(WaitTest, ListsAgainWhenTheVersionIsTooOld) {
  const std::string gone = R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})";
  server_.On("GET", kList, Items(5, Ready(1)));
  server_.On("GET", Watch(5), {200, Event("ERROR", gone)});
  server_.On("GET", kList, Items(90, Ready(2)));
  server_.On("GET", Watch(90), {410, gone});
  server_.On("GET", kList, Items(91, Ready(3)));
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, ThreeReady(), {}), IsOk());
  EXPECT_THAT(seen_, ElementsAre(1, 2, 3));
}

TEST_F(WaitTest, BecomesAPollWhereWatchesEndAtOnce) {
  for (int version = 1; version <= 3; ++version) {
    server_.On("GET", kList, Items(version, Ready(1)));
    server_.On("GET", Watch(version), {200, ""});
  }
  server_.On("GET", kList, Items(4, Ready(3)));
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, ThreeReady(), {}), IsOk());
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4)));
}

TEST_F(WaitTest, OutlivesABrokenWatchAndAServerThatIsAway) {
  server_.On("GET", kList, Items(1, Ready(1)));
  Reply cut;
  cut.body = Event("MODIFIED", Ready(2)) + "{\"type\":\"MODI";
  cut.ending = testing::Ending::kTruncated;
  server_.On("GET", Watch(1), cut);
  for (int i = 0; i < 4; ++i) {  // as often as one request is tried
    server_.On("GET", kList, {503, "away"});
  }
  server_.On("GET", kList, Items(2, Ready(3)));
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, ThreeReady(), {}), IsOk());
  EXPECT_THAT(seen_, ElementsAre(1, 2, 3));
}

TEST_F(WaitTest, AKindThatComesLaterIsWaitedFor) {
  server_.On("GET", kList, {404, "404 page not found\n"});
  server_.On("GET", "/version", {200, R"({"gitVersion":"v1.34.1"})"});
  server_.On("GET", kList, Items(2, Ready(3)));
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, ThreeReady(), {}), IsOk());
  EXPECT_THAT(seen_, ElementsAre(-1, 3));
}

TEST_F(WaitTest, LostRightsEndTheWait) {
  server_.On("GET", kList, {403, R"({"kind":"Status","reason":"Forbidden","message":"no list"})"});
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, ThreeReady(), {}),
              StatusIs(Code::kPermissionDenied, HasSubstr("no list")));
}

TEST_F(WaitTest, ThePredicatesErrorEndsTheWait) {
  server_.On("GET", kList, Items(1, Ready(1)));
  EXPECT_THAT(kubernetes_->WaitUntil(
                  kKey, [](const Json*) { return absl::FailedPreconditionError("hopeless"); }, {}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("hopeless")));
}

TEST_F(WaitTest, TheDeadlineNamesTheObjectAndTheLastTrouble) {
  server_.Always("GET", kList, {503, "away"});
  const absl::Time deadline = clock_.Now() + absl::Seconds(40);
  EXPECT_THAT(
      kubernetes_->WaitUntil(kKey, ThreeReady(), {deadline, {}}),
      StatusIs(Code::kDeadlineExceeded, AllOf(HasSubstr("Deployment x/d"), HasSubstr("503"))));
  EXPECT_LT(clock_.Now(), deadline + absl::Minutes(1));
}

TEST_F(WaitTest, AStopEndsAnOpenWatch) {
  server_.On("GET", kList, Items(1, Ready(1)));
  Reply reply;
  reply.chunks = {Event("MODIFIED", Ready(2))};
  reply.ending = testing::Ending::kHanging;
  server_.On("GET", Watch(1), reply);
  std::stop_source stop;
  const auto look = [&](const Json* object) -> absl::StatusOr<bool> {
    if ((*object)["status"]["ready"] == 2) {
      stop.request_stop();
    }
    return false;
  };
  EXPECT_THAT(kubernetes_->WaitUntil(kKey, look, {absl::InfiniteFuture(), stop.get_token()}),
              StatusIs(Code::kCancelled));
}

TEST(WaitDeletedTest, NamesWhatHoldsTheObject) {
  FakeKubernetes kubernetes;
  kubernetes.Put(
      {{"apiVersion", "v1"},
       {"kind", "ConfigMap"},
       {"metadata", {{"namespace", "x"}, {"name", "a"}, {"finalizers", {"f.io/hold"}}}}});
  const ObjectKey key = {"v1", "ConfigMap", "x", "a"};
  const absl::Status late = WaitDeleted(kubernetes, key, {});
  EXPECT_THAT(late, StatusIs(Code::kDeadlineExceeded, HasSubstr("held by f.io/hold")));
  EXPECT_THAT(HintOf(late), HasSubstr("kubectl patch configmap a -n x --type=merge"));
  kubernetes.Then([&] { kubernetes.Remove(key); });
  EXPECT_THAT(WaitDeleted(kubernetes, key, {}), IsOk());
}

TEST(WaitDeletedTest, OfANamespaceTellsWhatIsLeftInIt) {
  FakeKubernetes kubernetes;
  kubernetes.Put({{"apiVersion", "v1"},
                  {"kind", "Namespace"},
                  {"metadata", {{"name", "monitoring"}}},
                  {"status",
                   {{"conditions",
                     {{{"type", "NamespaceContentRemaining"},
                       {"status", "True"},
                       {"message", "deployments.apps has 1 resource instances"}},
                      {{"type", "NamespaceDeletionContentFailure"},
                       {"status", "False"},
                       {"message", "All content successfully deleted"}}}}}}});
  EXPECT_THAT(WaitDeleted(kubernetes, {"v1", "Namespace", "", "monitoring"}, {}),
              StatusIs(Code::kDeadlineExceeded,
                       AllOf(HasSubstr("deployments.apps has 1 resource instances"),
                             Not(HasSubstr("successfully")))));
}

}  // namespace
}  // namespace kproto::kubernetes
