// SPDX-License-Identifier: MPL-2.0
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

std::string Pods(const std::string& kind, const std::string& name, int replicas,
                 const std::string& requests) {
  return "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec:\n" +
         (kind == "DaemonSet" ? "" : "  replicas: " + std::to_string(replicas) + "\n") +
         "  template:\n    spec:\n      containers:\n        - name: c\n          resources: "
         "{requests: " +
         requests + "}\n---\n";
}

TEST(CapacityTest, APodLargerThanEveryNodeIsNamed) {
  const auto with = [](const std::string& memory) {
    Picture picture;
    picture.Add("loki", "chunksCache: {resources: {requests: {cpu: 500m, memory: " + memory + "}}}",
                Pods("StatefulSet", "loki-chunks-cache", 1, "{cpu: 500m, memory: " + memory + "}"));
    picture.AddPool("primary", "s-4vcpu-8gb", 3);
    return Lines(CheckCapacity, picture);
  };
  EXPECT_THAT(with("9830Mi"),
              ElementsAre(AllOf(HasSubstr("StatefulSet loki-chunks-cache is too large"),
                                HasSubstr("chunksCache.resources"), HasSubstr("9.6Gi of memory"),
                                HasSubstr("pool primary has 3900m CPU and 6Gi"))));
  EXPECT_THAT(with("512Mi"), IsEmpty());
}

TEST(CapacityTest, AllPodsTogetherMustFitBesideEveryNodesOwn) {
  const auto with = [](int64_t nodes) {
    Picture picture;
    picture.Add("loki", "",
                Pods("StatefulSet", "loki", 3, "{cpu: 1, memory: 1Gi}") +
                    Pods("DaemonSet", "promtail", 0, "{cpu: 1, memory: 64Mi}"));
    picture.AddPool("primary", "s-2vcpu-4gb", nodes);
    return Lines(CheckCapacity, picture);
  };
  // Each node has 1900m, of which the DaemonSet leaves 900m.
  EXPECT_THAT(with(3), ElementsAre(HasSubstr("too large for every node")));
  Picture tight;
  tight.Add("loki", "", Pods("StatefulSet", "loki", 3, "{cpu: 900m, memory: 1Gi}"));
  tight.AddPool("primary", "s-2vcpu-4gb", 1);
  EXPECT_THAT(Lines(CheckCapacity, tight),
              ElementsAre(AllOf(HasSubstr("do not all fit the nodes of primary (1)"),
                                HasSubstr("2700m CPU"), HasSubstr("3 × loki"))));
  tight.AddPool("primary", "s-2vcpu-4gb", 2);
  EXPECT_THAT(Lines(CheckCapacity, tight), IsEmpty());
}

TEST(CapacityTest, ASizeThatDoesNotSayIsNotJudged) {
  Picture picture;
  picture.Add("loki", "", Pods("StatefulSet", "loki", 3, "{cpu: 64, memory: 1Ti}"));
  picture.AddPool("primary", "gpu-h100x1-80gb", 1);
  EXPECT_THAT(Lines(CheckCapacity, picture), IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
