// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

class VolumesTest : public SimulatorTest {
 protected:
  static Json Body(const std::string& name, int64_t gib = 10) {
    return {{"name", name}, {"region", "nyc3"}, {"size_gigabytes", gib}};
  }
  std::string Make(const Json& body) {
    const Answer answer = Post("/v2/volumes", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return StringField(Field(answer.body, "volume"), "id");
  }
};

TEST_F(VolumesTest, NamesAreUniqueInARegion) {
  const std::string id = Make(Body("data"));
  EXPECT_EQ(Post("/v2/volumes", Body("data")).status, 409);
  Json elsewhere = Body("data");
  elsewhere["region"] = "ams3";
  Make(elsewhere);
  EXPECT_EQ(Get("/v2/volumes?name=data&region=nyc3").body["volumes"][0]["id"], id);
  EXPECT_EQ(Delete("/v2/volumes?name=data&region=nyc3").status, 204);
  EXPECT_EQ(Get("/v2/volumes/" + id).status, 404);
  EXPECT_EQ(Post("/v2/volumes", Body("data", 0)).status, 422);
  EXPECT_EQ(Post("/v2/volumes", Body("Not Valid")).status, 422);
}

TEST_F(VolumesTest, AttachedVolumesStay) {
  MakeCluster();
  const int64_t droplet = Get("/v2/droplets").body["droplets"][0]["id"];
  const std::string path = "/v2/volumes/" + Make(Body("data"));
  const Answer attached = Post(path + "/actions", {{"type", "attach"}, {"droplet_id", droplet}});
  EXPECT_EQ(attached.status, 202);
  EXPECT_EQ(attached.body["action"]["status"], "in-progress");
  EXPECT_EQ(Post(path + "/actions", {{"type", "detach"}, {"droplet_id", droplet}}).Message(),
            "Droplet already has a pending event");
  const Answer refused = Delete(path);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.Message(), "attached volume cannot be deleted");
  Pass(absl::Seconds(4));
  EXPECT_EQ(Get(path + "/actions").body["actions"][0]["status"], "completed");
  EXPECT_EQ(Post(path + "/actions", {{"type", "detach"}, {"droplet_id", droplet}}).status, 202);
  EXPECT_EQ(Delete(path).status, 204);
}

TEST_F(VolumesTest, OnlyGrow) {
  const std::string path = "/v2/volumes/" + Make(Body("data"));
  EXPECT_EQ(Post(path + "/actions", {{"type", "resize"}, {"size_gigabytes", 5}}).status, 422);
  EXPECT_EQ(Post(path + "/actions", {{"type", "resize"}, {"size_gigabytes", 20}}).status, 202);
  EXPECT_EQ(Get(path).body["volume"]["size_gigabytes"], 20);
}

TEST_F(VolumesTest, HoldsTheVolumeLimit) {
  options_.volume_limit = 1;
  Make(Body("one"));
  const Answer refused = Post("/v2/volumes", Body("two"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.Message(), "capacity limit exceeded");
}

TEST_F(VolumesTest, SnapshotsBecomeVolumesAgain) {
  const std::string id = Make(Body("data", 30));
  const Answer answer = Post("/v2/volumes/" + id + "/snapshots", {{"name", "before"}});
  ASSERT_EQ(answer.status, 201);
  const std::string snapshot = StringField(answer.body["snapshot"], "id");
  EXPECT_EQ(Get("/v2/snapshots?resource_type=volume").body["meta"]["total"], 1);
  EXPECT_EQ(Get("/v2/snapshots?resource_type=droplet").body["meta"]["total"], 0);
  Delete("/v2/volumes/" + id);
  const Answer restored = Post("/v2/volumes", {{"name", "again"}, {"snapshot_id", snapshot}});
  EXPECT_EQ(restored.status, 201);
  EXPECT_EQ(restored.body["volume"]["size_gigabytes"], 30);
  EXPECT_EQ(Delete("/v2/snapshots/" + snapshot).status, 204);
  EXPECT_EQ(Get("/v2/snapshots/" + snapshot).status, 404);
}

class AssociatedResourcesTest : public VolumesTest {
 protected:
  void SetUp() override {
    cluster_ = MakeCluster();
    PassProvisioning();
    Json volume = Body("pvc-1");
    volume["tags"] = {"k8s:" + cluster_};
    volume_ = Make(volume);
    Make(Body("unrelated"));
    Post("/v2/volumes/" + volume_ + "/snapshots", {{"name", "s"}});
    Json balancer = LoadBalancerBody("a1");
    balancer["tags"] = {"k8s:" + cluster_};
    Post("/v2/load_balancers", balancer);
  }
  std::string Path() { return ClusterPath(cluster_) + "/destroy_with_associated_resources"; }
  std::string cluster_, volume_;
};

TEST_F(AssociatedResourcesTest, ListsWhatCarriesTheClustersTag) {
  const Json found = Get(Path()).body;
  EXPECT_EQ(found["load_balancers"].size(), 1u);
  ASSERT_EQ(found["volumes"].size(), 1u);
  EXPECT_EQ(found["volumes"][0], (Json{{"id", volume_}, {"name", "pvc-1"}}));
  EXPECT_EQ(found["volume_snapshots"].size(), 1u);
}

TEST_F(AssociatedResourcesTest, PlainDeletionOrphansThem) {
  Delete(ClusterPath(cluster_));
  Pass(absl::Seconds(61));
  EXPECT_EQ(Get("/v2/load_balancers").body["meta"]["total"], 1);
  EXPECT_EQ(Get("/v2/volumes").body["meta"]["total"], 2);
}

TEST_F(AssociatedResourcesTest, DangerousTakesAllOfThem) {
  EXPECT_EQ(Delete(Path() + "/dangerous").status, 204);
  EXPECT_EQ(State(cluster_), "deleting");
  EXPECT_EQ(Get("/v2/load_balancers").body["meta"]["total"], 0);
  EXPECT_EQ(Get("/v2/volumes").body["meta"]["total"], 1) << "not the unrelated one";
  EXPECT_EQ(Get("/v2/snapshots").body["meta"]["total"], 0);
}

TEST_F(AssociatedResourcesTest, SelectiveTakesTheNamedOnes) {
  EXPECT_EQ(Call("DELETE", Path() + "/selective", {{"volumes", {volume_}}}).status, 204);
  EXPECT_EQ(Get("/v2/load_balancers").body["meta"]["total"], 1);
  EXPECT_EQ(Get("/v2/volumes/" + volume_).status, 404);
  EXPECT_EQ(Get("/v2/snapshots").body["meta"]["total"], 1);
}

}  // namespace
}  // namespace kproto::lab
