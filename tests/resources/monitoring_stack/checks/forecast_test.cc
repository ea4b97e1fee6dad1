// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/forecast.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "tests/resources/monitoring_stack/checks/picture.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kObjects[] =
    "kind: Service\nmetadata: {name: grafana}\nspec: {type: LoadBalancer}\n---\n"
    "kind: Service\nmetadata: {name: big, annotations: "
    "{service.beta.kubernetes.io/do-loadbalancer-type: REGIONAL, "
    "service.beta.kubernetes.io/do-loadbalancer-size-unit: \"3\"}}\nspec: {type: LoadBalancer}\n"
    "---\nkind: Service\nmetadata: {name: inner}\nspec: {type: ClusterIP}\n---\n"
    "kind: PersistentVolumeClaim\nmetadata: {name: grafana}\nspec: {resources: {requests: "
    "{storage: 10Gi}}}\n---\n"
    "kind: StatefulSet\nmetadata: {name: loki}\nspec:\n  replicas: 3\n  template: {spec: {}}\n"
    "  volumeClaimTemplates: [{spec: {resources: {requests: {storage: 1536Mi}}}}]\n";

TEST(ForecastTest, CountsAndPricesWhatIsRendered) {
  Picture picture;
  picture.Add("grafana", "", kObjects);
  picture.stack.on_digitalocean = true;
  const auto forecast = ForecastOf(picture.stack);
  ASSERT_TRUE(forecast.has_value());
  EXPECT_EQ(forecast->load_balancers, 2);
  EXPECT_EQ(forecast->volumes, 4);
  EXPECT_EQ(forecast->volume_gib, 16);
  EXPECT_DOUBLE_EQ(*forecast->monthly_cost, 15 + 3 * 12 + 1.60);
  picture.stack.on_digitalocean = false;
  EXPECT_TRUE(ForecastOf(picture.stack)->monthly_cost.is_null());
  picture.stack.components[0].rendered = absl::InvalidArgumentError("no");
  EXPECT_FALSE(ForecastOf(picture.stack).has_value());
}

TEST(ForecastTest, MoreLoadBalancersThanMayBeAreNamed) {
  Picture picture;
  picture.Add("grafana", "", kObjects);
  EXPECT_THAT(Lines(CheckLoadBalancers, picture), IsEmpty());
  picture.stack.planned.max_load_balancers = int64_t{1};
  EXPECT_THAT(Lines(CheckLoadBalancers, picture),
              ElementsAre(AllOf(HasSubstr("asks for 2 load balancers, and 1 may be made"),
                                HasSubstr("grafana: grafana, grafana: big"))));
  picture.stack.planned.max_load_balancers = int64_t{2};
  EXPECT_THAT(Lines(CheckLoadBalancers, picture), IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
