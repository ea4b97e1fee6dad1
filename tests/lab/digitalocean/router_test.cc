// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/router.h"

#include <gtest/gtest.h>

namespace kproto::lab {
namespace {

TEST(RouterTest, FixedSegmentsWinOverNames) {
  Router router;
  router.Add("GET", "/things/{id}", [](const ApiRequest& r) { return Ok(r.Param("id")); });
  router.Add("GET", "/things/default", [](const ApiRequest&) { return Ok("the default"); });
  ApiRequest named{"GET", "/things/7"};
  EXPECT_EQ(router.Route(&named).body, "7");
  ApiRequest fixed{"GET", "/things/default"};
  EXPECT_EQ(router.Route(&fixed).body, "the default");
}

TEST(RouterTest, UnknownPathsAndMethodsAreNotFound) {
  Router router;
  router.Add("GET", "/things/{id}", [](const ApiRequest&) { return Ok(1); });
  for (ApiRequest request : {ApiRequest{"POST", "/things/7"}, ApiRequest{"GET", "/things"},
                             ApiRequest{"GET", "/things/7/more"}, ApiRequest{"GET", "/"}}) {
    EXPECT_EQ(router.Route(&request).status, 404) << request.method << request.path;
  }
}

}  // namespace
}  // namespace kproto::lab
