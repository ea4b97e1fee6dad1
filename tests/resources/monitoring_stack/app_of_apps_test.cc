// SPDX-License-Identifier: MPL-2.0
// The AppProject in Git mode: what the folder in Git renders, and nothing else.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/project_limits.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kUrl[] = "https://git.example.com/infra.git";

class AppOfAppsTest : public StackTest {
 protected:
  AppOfAppsTest() {
    helm::ChartMetadata chart;
    chart.name = "monitoring-apps";
    world_.helm.AddChart(
        "file:///repository/k8s/apps", chart, Json::object(),
        [this](const helm::TemplateRequest& request) { return RenderFolder(request); });
    Push("commit-1");
  }

  Value InGit(Value::Map more = {}) const {
    more["git"] = Object({{"repo_url", Text(kUrl)}});
    return Basic(std::move(more));
  }
  void Push(const char* commit) { world_.git.Put(kUrl, "main", commit, "/repository"); }

  // The chart of the examples, and what a test has added to it.
  std::vector<Json> RenderFolder(const helm::TemplateRequest& request) const {
    std::vector<Json> objects = extra_;
    for (const auto& [name, entry] : request.values["applications"].items()) {
      objects.push_back({{"apiVersion", "argoproj.io/v1alpha1"},
                         {"kind", "Application"},
                         {"metadata", {{"name", name}, {"namespace", "argocd"}}},
                         {"spec",
                          {{"project", entry["project"]},
                           {"destination", {{"namespace", entry["namespace"]}}},
                           {"source", entry["source"]},
                           {"syncPolicy", {{"syncOptions", sync_options_}}}}}});
    }
    return objects;
  }
  static Json Child(const char* name, const char* project, Json source) {
    return {{"apiVersion", "argoproj.io/v1alpha1"},
            {"kind", "Application"},
            {"metadata", {{"name", name}, {"namespace", "argocd"}}},
            {"spec",
             {{"project", project},
              {"destination", {{"namespace", "elsewhere"}}},
              {"source", std::move(source)}}}};
  }

  Json Project() const {
    return world_.kubernetes->Find({"argoproj.io/v1alpha1", "AppProject", "argocd", "monitoring"})
        ->at("spec");
  }
  std::vector<std::string> Kinds(const char* list) const {
    std::vector<std::string> kinds;
    const Json listed = Project().value(list, Json::array());
    for (const Json& kind : listed) {
      kinds.push_back(kind["kind"]);
    }
    return kinds;
  }
  std::vector<std::string> Namespaces() const {
    std::vector<std::string> namespaces;
    const Json destinations = Project()["destinations"];
    for (const Json& destination : destinations) {
      namespaces.push_back(destination["namespace"]);
    }
    return namespaces;
  }
  std::vector<Json> extra_;
  Json sync_options_ = Json::array();
};

TEST_F(AppOfAppsTest, TheProjectAllowsWhatGitRendersAndNothingElse) {
  host_.Apply(InGit());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Warnings(), Not(HasSubstr("in Git")));
  EXPECT_THAT(Kinds("clusterResourceWhitelist"), IsEmpty());
  EXPECT_THAT(Kinds("namespaceResourceWhitelist"),
              AllOf(Contains("Application"), Contains("Deployment"), Contains("Service"),
                    Not(Contains("ConfigMap")), Not(Contains("*"))));
  EXPECT_THAT(Namespaces(), ElementsAre("argocd", "monitoring"));
  EXPECT_THAT(Project()["sourceRepos"], Contains(kUrl));
  ExpectNoChange(InGit());
}

TEST_F(AppOfAppsTest, ANamespaceThatArgoCdMakesIsAKindOfItsOwn) {
  sync_options_ = {"CreateNamespace=true"};
  host_.Apply(InGit());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Kinds("clusterResourceWhitelist"), ElementsAre("Namespace"));
}

TEST_F(AppOfAppsTest, WhatIsPushedIsAllowedByTheNextApply) {
  host_.Apply(InGit());
  extra_ = {{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "pushed"}}}},
            Child("ingress", "monitoring",
                  {{"repoURL", "https://helm.nginx.com/stable"},
                   {"chart", "nginx-ingress"},
                   {"targetRevision", "2.6.4"}}),
            Child("other", "default", {{"repoURL", "https://other.example.com"}})};
  Push("commit-2");
  EXPECT_TRUE(WouldChange(InGit()));
  host_.Apply(InGit());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Kinds("namespaceResourceWhitelist"), Contains("ConfigMap"));
  EXPECT_THAT(Kinds("clusterResourceWhitelist"), ElementsAre("IngressClass"));
  EXPECT_THAT(Namespaces(), ElementsAre("argocd", "elsewhere", "monitoring"));
  EXPECT_THAT(Project()["sourceRepos"], AllOf(Contains("https://helm.nginx.com/stable"),
                                              Not(Contains("https://other.example.com"))))
      << "another project's Application is none of this one's business";
  ExpectNoChange(InGit());
}

TEST_F(AppOfAppsTest, APushThatNeedsNothingNewIsNoChange) {
  host_.Apply(InGit());
  Push("commit-2");
  ExpectNoChange(InGit());
}

TEST_F(AppOfAppsTest, WhatIsTakenOutOfGitIsNoLongerAllowed) {
  extra_ = {{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "pushed"}}}}};
  host_.Apply(InGit());
  EXPECT_THAT(Kinds("namespaceResourceWhitelist"), Contains("ConfigMap"));
  extra_.clear();
  Push("commit-2");
  world_.ForgetCalls();
  host_.Apply(InGit());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Kinds("namespaceResourceWhitelist"), Not(Contains("ConfigMap")));
  // Only once Argo CD has looked at the commit that takes it away, and could remove it.
  const std::vector<std::string> writes = world_.Writes();
  const auto refreshed =
      std::find(writes.begin(), writes.end(), "patch Application argocd/monitoring-apps");
  ASSERT_NE(refreshed, writes.end());
  EXPECT_NE(std::find(refreshed, writes.end(), "apply AppProject argocd/monitoring"), writes.end());
}

TEST_F(AppOfAppsTest, ARepositoryThatCannotBeReadLeavesTheProjectOpenAndSaysSo) {
  world_.git.Remove(kUrl, "main");
  host_.Apply(InGit());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Warnings(), AllOf(HasSubstr("The folder in Git could not be rendered"),
                                HasSubstr("could not read from remote repository")));
  EXPECT_THAT(Kinds("clusterResourceWhitelist"), ElementsAre("*"));
  ExpectNoChange(InGit());
  // And once it can be read, the limits are drawn.
  Push("commit-1");
  EXPECT_TRUE(WouldChange(InGit()));
  host_.Apply(InGit());
  EXPECT_THAT(Kinds("clusterResourceWhitelist"), IsEmpty());
}

TEST_F(AppOfAppsTest, ARepositoryThatIsAwayChangesNothing) {
  host_.Apply(InGit());
  const Json project = Project();
  world_.git.Remove(kUrl, "main");
  ExpectNoChange(InGit());
  EXPECT_EQ(Project(), project);
}

TEST_F(AppOfAppsTest, WhatOnlyArgoCdRendersLeavesTheProjectOpen) {
  const std::vector<std::pair<Json, const char*>> sources = {
      {{{"repoURL", kUrl}, {"path", "kustomize"}}, "is no chart of a repository"},
      {{{"repoURL", "https://helm.nginx.com/stable"},
        {"chart", "nginx-ingress"},
        {"targetRevision", "2.6.4"},
        {"helm", {{"parameters", Json::array()}}}},
       "helm.parameters"},
      {{{"repoURL", "https://helm.nginx.com/stable"},
        {"chart", "nginx-ingress"},
        {"targetRevision", "0.0.1"}},
       "Application extra"}};
  for (const auto& [source, reason] : sources) {
    extra_ = {Child("extra", "monitoring", source)};
    Push(reason);
    host_.diagnostics = {};
    host_.Apply(InGit());
    ASSERT_EQ(host_.Errors(), "");
    EXPECT_THAT(Warnings(), HasSubstr(reason));
    EXPECT_THAT(Kinds("clusterResourceWhitelist"), ElementsAre("*"));
  }
}

TEST_F(AppOfAppsTest, AFolderOutsideTheRepositoryIsNotRead) {
  host_.Apply(
      Basic({{"git", Object({{"repo_url", Text(kUrl)}, {"path", Text("k8s/../../apps")}})}}));
  EXPECT_THAT(Warnings(), HasSubstr("leads out of the repository"));
}

TEST_F(AppOfAppsTest, TheProjectIsDrawnInOnlyAfterTheApplicationsHaveChanged) {
  host_.Apply(Basic({{"ingress", Object({{"grafana_host", Text("grafana.example.com")}})}}));
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Kinds("clusterResourceWhitelist"), Contains("IngressClass"));
  world_.ForgetCalls();
  world_.kubernetes->log.ClearCalls();
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT(Kinds("clusterResourceWhitelist"), Not(Contains("IngressClass")));
  std::vector<std::string> writes;
  for (const std::string& write : world_.Writes()) {
    if (absl::StrContains(write, "AppProject") || absl::StrContains(write, "Application ")) {
      writes.push_back(write);
    }
  }
  ASSERT_FALSE(writes.empty());
  EXPECT_EQ(writes.back(), "apply AppProject argocd/monitoring");
  ExpectNoChange(Basic());
}

TEST(ProjectLimitsTest, WhatWasMadeInAnotherProjectCanBeRemovedInThisOne) {
  argocd::AppProject project;
  project.name = "monitoring";
  project.namespace_resources = {{"", "Service"}};
  const auto application = [](const char* in) {
    return Json{{"spec", {{"project", in}}},
                {"status",
                 {{"resources",
                   Json::array({{{"kind", "Secret"}, {"namespace", "other"}},
                                {{"group", "networking.k8s.io"}, {"kind", "IngressClass"}}})}}}};
  };
  const argocd::AppProject ours = monitoring_stack::WithMade(project, {application("monitoring")});
  EXPECT_EQ(ours.namespace_resources.size(), 1u);
  const argocd::AppProject theirs = monitoring_stack::WithMade(project, {application("default")});
  ASSERT_EQ(theirs.namespace_resources.size(), 2u);
  EXPECT_EQ(theirs.namespace_resources[1].kind, "Secret");
  ASSERT_EQ(theirs.cluster_resources.size(), 1u);
  EXPECT_EQ(theirs.cluster_resources[0].kind, "IngressClass");
  ASSERT_EQ(theirs.destinations.size(), 1u);
  EXPECT_EQ(theirs.destinations[0].ns, "other");
}

TEST(ProjectLimitsTest, BothAllowWhatEitherAllows) {
  argocd::AppProject a, b;
  a.name = "monitoring";
  a.source_repos = {"x"};
  a.cluster_resources = {{"", "Namespace"}};
  a.namespace_resources = {{"", "Service"}};
  b.source_repos = {"x", "y"};
  b.cluster_resources = {{"*", "*"}};
  b.namespace_resources = {{"", "Pod"}};
  const argocd::AppProject both = monitoring_stack::Both(a, b);
  EXPECT_EQ(both.name, "monitoring");
  EXPECT_THAT(both.source_repos, UnorderedElementsAre("x", "y"));
  EXPECT_EQ(both.cluster_resources.size(), 2u);
  EXPECT_EQ(both.namespace_resources.size(), 2u);
  b.namespace_resources.clear();
  EXPECT_THAT(monitoring_stack::Both(a, b).namespace_resources, IsEmpty()) << "which allows all";
}

}  // namespace
}  // namespace kproto::testing
