// SPDX-License-Identifier: MPL-2.0
// The labels by which Kubernetes holds a namespace to a Pod Security Standard.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StackPodSecurityTest : public StackTest {
 protected:
  Value Held(Value::Map stack, Value::Map argocd = {}) const {
    Value::Map more = {{"pod_security", Object(std::move(stack))}};
    if (!argocd.empty()) {
      more["argocd"] = Object({{"pod_security", Object(std::move(argocd))}});
    }
    return Basic(std::move(more));
  }
  std::map<std::string, std::string> Labels(const std::string& ns) const {
    std::map<std::string, std::string> labels;
    const Json object = *world_.kubernetes->Find({"v1", "Namespace", "", ns});
    const Json all = object["metadata"].value("labels", Json::object());
    for (const auto& [name, value] : all.items()) {
      if (absl::StartsWith(name, "pod-security.kubernetes.io/")) {
        labels[name.substr(sizeof("pod-security.kubernetes.io/") - 1)] = value;
      }
    }
    return labels;
  }
  void SetLabel(const std::string& ns, const std::string& name, const Json& value) {
    Json object = *world_.kubernetes->Find({"v1", "Namespace", "", ns});
    Json& labels = object["metadata"]["labels"];
    if (value.is_null()) {
      labels.erase("pod-security.kubernetes.io/" + name);
    } else {
      labels["pod-security.kubernetes.io/" + name] = value;
    }
    world_.kubernetes->Put(object);
  }
  using Map = std::map<std::string, std::string>;
};

TEST_F(StackPodSecurityTest, NamespacesAreLabelledChangedAndLeftAsTheyWere) {
  const Value config = Held({{"enforce", Text("privileged")}, {"warn", Text("baseline")}},
                            {{"enforce", Text("restricted")}, {"version", Text("v1.34")}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Labels("monitoring"), (Map{{"enforce", "privileged"}, {"warn", "baseline"}}));
  EXPECT_EQ(Labels("argocd"), (Map{{"enforce", "restricted"}, {"enforce-version", "v1.34"}}));
  ExpectNoChange(config);

  const Value less = Held({{"warn", Text("restricted")}});
  host_.Apply(less);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Labels("monitoring"), (Map{{"warn", "restricted"}}));
  EXPECT_THAT(Labels("argocd"), IsEmpty());
  ExpectNoChange(less);

  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Labels("monitoring"), IsEmpty());
  ExpectNoChange(Basic());
  host_.Destroy();
  EXPECT_FALSE(world_.kubernetes->Find({"v1", "Namespace", "", "monitoring"}).has_value());
}

TEST_F(StackPodSecurityTest, AChangedLabelIsShownAndMended) {
  const Value config = Held({{"enforce", Text("privileged")}, {"audit", Text("baseline")}});
  host_.Apply(config);
  SetLabel("monitoring", "audit", "privileged");
  SetLabel("monitoring", "enforce", nullptr);
  host_.Refresh();
  EXPECT_EQ(host_.state["pod_security"]["audit"], Text("privileged"));
  EXPECT_TRUE(host_.state["pod_security"]["enforce"].is_null());
  EXPECT_TRUE(WouldChange(config));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Labels("monitoring"), (Map{{"audit", "baseline"}, {"enforce", "privileged"}}));
}

TEST_F(StackPodSecurityTest, LabelsOfSomebodyElseStay) {
  host_.Apply(Basic());
  SetLabel("monitoring", "enforce", "privileged");
  ExpectNoChange(Basic());
  host_.Apply(Held({{"warn", Text("baseline")}}));
  ASSERT_EQ(host_.Errors(), "");
  ExpectNoChange(Held({{"warn", Text("baseline")}}));
  host_.Apply(Basic());
  EXPECT_EQ(Labels("monitoring"), (Map{{"enforce", "privileged"}}));
}

TEST_F(StackPodSecurityTest, ANamespaceThatWasThereIsLabelledAndReleased) {
  for (const char* ns : {"argocd", "monitoring"}) {
    world_.kubernetes->Put(
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns}}}});
  }
  host_.Apply(Held({{"enforce", Text("privileged")}}));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Labels("monitoring"), (Map{{"enforce", "privileged"}}));
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Labels("monitoring"), IsEmpty());
}

TEST_F(StackPodSecurityTest, AnImportKnowsThem) {
  host_.Apply(Held({{"enforce", Text("privileged")}}, {{"warn", Text("restricted")}}));
  world_.kubernetes->Remove({"v1", "ConfigMap", "monitoring", "kproto-configuration"});
  const Value made = host_.state;
  host_.Import("k8s");
  EXPECT_EQ(host_.state["pod_security"], made["pod_security"]);
  EXPECT_EQ(host_.state["argocd"]["pod_security"], made["argocd"]["pod_security"]);
}

TEST_F(StackPodSecurityTest, ALevelThatIsNoneIsRefused) {
  host_.Plan(Held({{"enforce", Text("strict")}}));
  EXPECT_THAT(host_.Errors(), AllOf(HasSubstr("pod_security.enforce"), HasSubstr("restricted")));
  host_.diagnostics = {};
  host_.Plan(Held({{"enforce", Text("baseline")}, {"version", Text("1.34")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("pod_security.version"));
}

}  // namespace
}  // namespace kproto::testing
