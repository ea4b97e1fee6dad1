// SPDX-License-Identifier: MPL-2.0
// What many ask for at about the same time: how many calls it costs, how old an answer may be, and
// that "not in the list" and "no answer" are never "gone". The whole client, down to the socket.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/digitalocean/rest_digitalocean.h"
#include "clients/digitalocean/shared_answer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http_imposter.h"
#include "tests/support/status_matchers.h"

namespace kproto::digitalocean {
namespace {

using ::kproto::testing::FakeClock;
using ::kproto::testing::HttpImposter;
using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kList[] = "/v2/kubernetes/clusters?page=1&per_page=200";

std::string ClusterJson(int n, const std::string& state = "running") {
  return absl::StrCat(R"({"id":"c-)", n,
                      R"(","name":"k8s","region":"nyc3","version":"1.34.1-do.0",)",
                      R"("status":{"state":")", state, R"("}})");
}

std::string ListJson(int count, const std::string& state = "running") {
  std::vector<std::string> clusters;
  for (int n = 1; n <= count; ++n) {
    clusters.push_back(ClusterJson(n, state));
  }
  return absl::StrCat(R"({"kubernetes_clusters":[)", absl::StrJoin(clusters, ","),
                      R"(],"links":{},"meta":{"total":)", count, "}}");
}

std::string One(int n) { return absl::StrCat("/v2/kubernetes/clusters/c-", n); }

class SharedReadsTest : public ::testing::Test {
 protected:
  SharedReadsTest() {
    client_ = MakeRestDigitalOcean({.base_url = server_.url(),
                                    .token = SecretString(server_.url()),  // a budget of its own
                                    .retry = {.max_attempts = 1, .jitter = [] { return 1.0; }}},
                                   clock_);
  }
  void Answer(int n) {
    server_.On("GET", One(n),
               {.body = absl::StrCat(R"({"kubernetes_cluster":)", ClusterJson(n), "}")});
  }
  DigitalOcean& reading() { return client_->ForReading(); }
  ClusterState StateOf(DigitalOcean& api, int n) {
    const auto cluster = api.GetCluster(absl::StrCat("c-", n), {});
    EXPECT_THAT(cluster, IsOk());
    return cluster.ok() && *cluster ? (*cluster)->status.state : ClusterState::kUnknown;
  }

  HttpImposter server_;
  FakeClock clock_;
  std::unique_ptr<DigitalOcean> client_;
};

TEST_F(SharedReadsTest, OneClusterIsOneGet) {
  Answer(1);
  EXPECT_EQ(StateOf(reading(), 1), ClusterState::kRunning);
  EXPECT_THAT(server_.calls(), SizeIs(1));
}

TEST_F(SharedReadsTest, ARefreshOfManyCostsAListNotACallEach) {
  Answer(1);
  server_.On("GET", kList, {.body = ListJson(100)});
  for (int n = 1; n <= 100; ++n) {
    EXPECT_EQ(StateOf(reading(), n), ClusterState::kRunning) << n;
    clock_.Advance(absl::Milliseconds(20));
  }
  EXPECT_THAT(server_.calls(), SizeIs(2));
}

TEST_F(SharedReadsTest, ReadsAtTheSameMomentShareTheOneCallUnderWay) {
  server_.Always("GET", kList, {.body = ListJson(50)});
  for (int n = 1; n <= 50; ++n) {
    server_.Always("GET", One(n),
                   {.body = absl::StrCat(R"({"kubernetes_cluster":)", ClusterJson(n), "}")});
  }
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 10; ++t) {
      threads.emplace_back([&, t] {
        for (int n = 1 + t; n <= 50; n += 10) {
          EXPECT_EQ(StateOf(reading(), n), ClusterState::kRunning);
        }
      });
    }
  }
  EXPECT_LE(server_.calls().size(), 2u);
}

TEST_F(SharedReadsTest, WhatTheListDoesNotHoldIsAskedForByItself) {
  Answer(1);
  server_.On("GET", kList, {.body = ListJson(3)});
  Answer(7);  // newer than the list
  server_.On("GET", One(8), {.code = 404, .body = R"({"id":"not_found","message":"no"})"});
  EXPECT_EQ(StateOf(reading(), 1), ClusterState::kRunning);
  EXPECT_EQ(StateOf(reading(), 2), ClusterState::kRunning);
  EXPECT_EQ(StateOf(reading(), 7), ClusterState::kRunning);
  const auto gone = reading().GetCluster("c-8", {});
  ASSERT_THAT(gone, IsOk());
  EXPECT_FALSE(gone->has_value());
}

TEST_F(SharedReadsTest, NoAnswerIsNeverGone) {
  Answer(1);
  server_.On("GET", kList, {.code = 503, .body = "{}"});
  EXPECT_EQ(StateOf(reading(), 1), ClusterState::kRunning);
  EXPECT_THAT(reading().GetCluster("c-2", {}), StatusIs(absl::StatusCode::kUnavailable));
  server_.On("GET", kList, {.body = ListJson(3)});
  EXPECT_EQ(StateOf(reading(), 2), ClusterState::kRunning) << "a failure is not kept";
}

TEST_F(SharedReadsTest, AListWithAnUnreadableClusterDoesNotHideTheOthers) {
  Answer(1);
  server_.On("GET", kList, {.body = R"({"kubernetes_clusters":[{"name":"no id"}]})"});
  Answer(2);
  EXPECT_EQ(StateOf(reading(), 1), ClusterState::kRunning);
  EXPECT_EQ(StateOf(reading(), 2), ClusterState::kRunning);
}

TEST_F(SharedReadsTest, WhatAProjectHoldsIsListedOnceForAllThatAreInIt) {
  for (const char* project : {"p-1", "p-2"}) {
    server_.On("GET", absl::StrCat("/v2/projects/", project, "/resources?page=1&per_page=200"),
               {.body = absl::StrCat(R"({"resources":[{"urn":"do:kubernetes:of-)", project,
                                     R"("}],"links":{},"meta":{"total":1}})")});
  }
  for (int reader = 0; reader < 3; ++reader) {
    EXPECT_EQ(reading().ListProjectResources("p-1", {})->at(0), "do:kubernetes:of-p-1");
    EXPECT_EQ(reading().ListProjectResources("p-2", {})->at(0), "do:kubernetes:of-p-2");
  }
  EXPECT_THAT(server_.calls(), SizeIs(2));
}

TEST_F(SharedReadsTest, AnAnswerIsReusedForSecondsOnly) {
  Answer(1);
  server_.On("GET", kList, {.body = ListJson(3, "provisioning")});
  StateOf(reading(), 1);
  EXPECT_EQ(StateOf(reading(), 2), ClusterState::kProvisioning);
  clock_.Advance(absl::Seconds(6));
  Answer(2);
  EXPECT_EQ(StateOf(reading(), 2), ClusterState::kRunning);
}

TEST_F(SharedReadsTest, NothingIsReusedOnceSomethingWasDoneSince) {
  server_.On("GET", "/v2/sizes?page=1&per_page=200", {.body = R"({"sizes":[]})"});
  server_.On("DELETE", One(1), {.code = 204});
  server_.On("GET", "/v2/sizes?page=1&per_page=200", {.body = R"({"sizes":[]})"});
  EXPECT_THAT(reading().ListSizes({}), IsOk());
  EXPECT_THAT(reading().ListSizes({}), IsOk());
  EXPECT_THAT(server_.calls(), SizeIs(1));
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(client_->DeleteCluster("c-1", {}), IsOk());
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(reading().ListSizes({}), IsOk());
  EXPECT_THAT(server_.calls(), SizeIs(3));
}

TEST_F(SharedReadsTest, ManyWhoWaitLookAtOneList) {
  Answer(1);
  server_.On("GET", kList, {.body = ListJson(10, "provisioning")});
  const absl::Time since = clock_.Now();
  for (int n = 1; n <= 10; ++n) {
    EXPECT_THAT(client_->LookAtCluster(absl::StrCat("c-", n), since, {}), IsOk());
  }
  EXPECT_THAT(server_.calls(), SizeIs(2));
  // Who has done something since wants to see what came of it.
  clock_.Advance(absl::Seconds(1));
  server_.On("GET", One(4),
             {.body = absl::StrCat(R"({"kubernetes_cluster":)", ClusterJson(4), "}")});
  const auto fresh = client_->LookAtCluster("c-4", clock_.Now(), {});
  ASSERT_THAT(fresh, IsOk());
  EXPECT_EQ((*fresh)->status.state, ClusterState::kRunning);
}

TEST(SharedAnswerTest, SomebodyElsesCancellationIsNobodysFailure) {
  FakeClock clock;
  std::atomic<int> asked = 0;
  std::stop_source first_stop;
  SharedAnswer<int> answer(clock, [&](std::stop_token stop) -> absl::StatusOr<int> {
    if (++asked > 1) {
      return 42;
    }
    while (!stop.stop_requested()) {
      std::this_thread::yield();
    }
    return absl::CancelledError("interrupted");
  });
  std::jthread first([&] {
    EXPECT_THAT(answer.Get(clock.Now(), first_stop.get_token()),
                StatusIs(absl::StatusCode::kCancelled));
  });
  while (asked == 0) {
    std::this_thread::yield();
  }
  std::jthread second([&] {
    const auto got = answer.Get(clock.Now(), {});
    ASSERT_THAT(got, IsOk());
    EXPECT_EQ(**got, 42);
  });
  std::stop_source third_stop;
  third_stop.request_stop();
  EXPECT_THAT(answer.Get(clock.Now(), third_stop.get_token()),
              StatusIs(absl::StatusCode::kCancelled))
      << "waiting ends with one's own stop token";
  first_stop.request_stop();
}

}  // namespace
}  // namespace kproto::digitalocean
