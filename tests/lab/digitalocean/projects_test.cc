// SPDX-License-Identifier: MPL-2.0
#include <algorithm>

#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class ProjectsTest : public SimulatorTest {
 protected:
  std::string Make(const std::string& name) {
    const Answer answer = Post("/v2/projects", {{"name", name}, {"purpose", "Web Application"}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return StringField(Field(answer.body, "project"), "id");
  }
};

TEST_F(ProjectsTest, NewThingsLandInTheDefaultOne) {
  const std::string id = MakeCluster();
  Json urns = Json::array();
  const Json listed = Get("/v2/projects/default/resources").body;
  for (const Json& resource : listed["resources"]) {
    urns.push_back(resource["urn"]);
  }
  EXPECT_EQ(urns.size(), 3u) << "the cluster and two droplets";
  EXPECT_NE(std::find(urns.begin(), urns.end(), "do:kubernetes:" + id), urns.end());
}

TEST_F(ProjectsTest, AssigningAnswers200WhateverBecameOfEach) {
  const std::string urn = "do:kubernetes:" + MakeCluster();
  const std::string project = Make("shop");
  const std::string path = "/v2/projects/" + project + "/resources";
  const Answer answer = Post(path, {{"resources", {urn, "do:volume:none", "do:vpc:x"}}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body["resources"][0]["status"], "assigned");
  EXPECT_EQ(answer.body["resources"][1]["status"], "not_found");
  EXPECT_EQ(answer.body["resources"][2]["status"], "not_found");
  EXPECT_EQ(Post(path, {{"resources", {urn}}}).body["resources"][0]["status"], "already_assigned");
  EXPECT_EQ(Get(path).body["meta"]["total"], 1);
  const Answer refused = Delete("/v2/projects/" + project);
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(refused.Message(),
            "cannot delete a project with resources. move or remove the resources first");
}

TEST_F(ProjectsTest, NamesAreUniqueAndTheDefaultStays) {
  const std::string id = Make("shop");
  EXPECT_EQ(Post("/v2/projects", {{"name", "shop"}, {"purpose", "x"}}).status, 409);
  EXPECT_EQ(Delete("/v2/projects/default").status, 412);
  EXPECT_EQ(Put("/v2/projects/" + id, {{"name", "shop"}, {"is_default", true}}).status, 200);
  EXPECT_EQ(Get("/v2/projects/default").body["project"]["id"], id);
  EXPECT_EQ(Delete("/v2/projects/" + id).status, 412);
}

TEST_F(ProjectsTest, ForgetsWhatIsGone) {
  const std::string id = MakeCluster();
  PassProvisioning();
  Delete(ClusterPath(id));
  Pass(absl::Seconds(61));
  EXPECT_EQ(Get("/v2/projects/default/resources").body["meta"]["total"], 0);
}

}  // namespace
}  // namespace kproto::lab
