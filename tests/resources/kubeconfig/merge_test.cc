// SPDX-License-Identifier: MPL-2.0
#include "resources/kubeconfig/merge.h"

#include "clients/kubernetes/kubeconfig.h"
#include "tests/resources/reading_test.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Kubeconfig(const std::string& name, const std::string& token) {
  return absl::StrCat("apiVersion: v1\nkind: Config\ncurrent-context: ", name,
                      "\nclusters:\n- name: ", name, "\n  cluster: {server: 'https://", name,
                      "'}\nusers:\n- name: ", name, "\n  user: {token: ", token,
                      "}\ncontexts:\n- name: ", name, "\n  context: {cluster: ", name,
                      ", user: ", name, "}\n");
}

class KubeconfigMergeTest : public ::testing::Test {
 protected:
  Called Merge(const std::vector<std::string>& texts) {
    std::vector<Value> arguments;
    for (const std::string& text : texts) {
      arguments.push_back(Value::String(text));
    }
    return Call(*function_, arguments);
  }
  const std::unique_ptr<AnyFunction> function_ = MakeKubeconfigMerge();
};

TEST_F(KubeconfigMergeTest, EveryContextWorksAndTheFirstCurrentOneCounts) {
  const Called called =
      Merge({Kubeconfig("one", "t1"), Kubeconfig("two", "t2"), Kubeconfig("three", "t3")});
  ASSERT_EQ(called.error, "");
  const auto first = kubernetes::ParseKubeconfig(called.value.string());
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->host, "https://one");
  EXPECT_EQ(first->token.Reveal(), "t1");
  nlohmann::json json = nlohmann::json::parse(called.value.string());
  EXPECT_EQ(json["users"].size(), 3u);
  json["current-context"] = "three";
  EXPECT_EQ(kubernetes::ParseKubeconfig(json.dump())->token.Reveal(), "t3");
}

TEST_F(KubeconfigMergeTest, TheSameEntryTwiceBecomesOne) {
  const Called called = Merge({Kubeconfig("one", "t1"), Kubeconfig("one", "t1")});
  ASSERT_EQ(called.error, "");
  EXPECT_EQ(nlohmann::json::parse(called.value.string())["clusters"].size(), 1u);
}

TEST_F(KubeconfigMergeTest, OneNameForTwoThingsIsAnErrorWithoutTheSecret) {
  const Called called = Merge({Kubeconfig("one", "t1"), "", Kubeconfig("one", "hush")});
  EXPECT_EQ(called.argument, 2);
  EXPECT_THAT(called.error, HasSubstr("more[0]: users has an entry \"one\""));
  EXPECT_THAT(called.error, Not(HasSubstr("hush")));
}

TEST_F(KubeconfigMergeTest, AnEmptyTextAddsNothing) {
  const Called called = Merge({"", Kubeconfig("one", "t1")});
  ASSERT_EQ(called.error, "");
  EXPECT_THAT(kubernetes::ParseKubeconfig(called.value.string()), IsOk());
}

TEST_F(KubeconfigMergeTest, WhatIsNotUnderstoodStays) {
  const Called called =
      Merge({"preferences: {colors: true}\nusers:\n- name: x\n  user: {exec: "
             "{command: aws}, client-certificate: ./cert.pem}\n",
             "preferences: {colors: false}\nextensions:\n- name: e\n"});
  ASSERT_EQ(called.error, "");
  const nlohmann::json json = nlohmann::json::parse(called.value.string());
  EXPECT_EQ(json["preferences"]["colors"], true);
  EXPECT_EQ(json["users"][0]["user"]["client-certificate"], "./cert.pem");
  EXPECT_EQ(json["extensions"].size(), 1u);
}

TEST_F(KubeconfigMergeTest, TheAnswerIsTheSameEveryTime) {
  const std::vector<std::string> texts = {Kubeconfig("b", "1"), Kubeconfig("a", "2")};
  EXPECT_EQ(Merge(texts).value, Merge(texts).value);
}

TEST_F(KubeconfigMergeTest, GarbageIsAnErrorThatNamesTheArgument) {
  const std::vector<std::string> garbage = {"[1, 2]",
                                            "kind: Pod",
                                            "users: 7",
                                            "users: [7]",
                                            "users: [{name: ''}]",
                                            "\t{",
                                            "a: &a [*a]",
                                            std::string("\xff\xfe")};
  for (const std::string& text : garbage) {
    const Called called = Merge({Kubeconfig("one", "t1"), text});
    EXPECT_EQ(called.argument, 1) << text;
    EXPECT_THAT(called.error, HasSubstr("b: ")) << text;
    EXPECT_TRUE(called.value.is_null());
  }
}

}  // namespace
}  // namespace kproto::testing
