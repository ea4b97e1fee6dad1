// SPDX-License-Identifier: MPL-2.0
// The attribute storage: classes judged, made, kept, and given back.
#include "resources/monitoring_stack/storage.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

using monitoring_stack::IsEncrypted;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StackStorageTest : public StackTest {
 protected:
  static constexpr char kApi[] = "storage.k8s.io/v1";

  Value WithStorage(Value::Map storage) const {
    return Basic({{"storage", Object(std::move(storage))}});
  }
  void PutClass(const std::string& name, const std::string& provisioner, bool is_default = false) {
    world_.kubernetes->Put(
        {{"apiVersion", kApi},
         {"kind", "StorageClass"},
         {"metadata",
          {{"name", name},
           {"annotations",
            {{"storageclass.kubernetes.io/is-default-class", is_default ? "true" : "false"}}}}},
         {"provisioner", provisioner}});
  }
  std::optional<Json> Class(const std::string& name) const {
    return world_.kubernetes->Find({kApi, "StorageClass", "", name});
  }
  void PutVolume(const std::string& name, const std::string& policy) {
    world_.kubernetes->Put(
        {{"apiVersion", "v1"},
         {"kind", "PersistentVolume"},
         {"metadata", {{"name", name}}},
         {"spec",
          {{"storageClassName", "kproto-monitoring"}, {"persistentVolumeReclaimPolicy", policy}}},
         {"status", {{"phase", "Bound"}}}});
  }
  std::string PolicyOf(const std::string& volume) const {
    return world_.kubernetes->Find({"v1", "PersistentVolume", "", volume})
        ->at("/spec/persistentVolumeReclaimPolicy"_json_pointer);
  }
};

TEST_F(StackStorageTest, AClassOfItsOwnIsMadeUsedKeptAndTakenAway) {
  const Value config = WithStorage({{"reclaim_policy", Text("Retain")}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  const Json made = *Class("kproto-monitoring");
  EXPECT_EQ(made["provisioner"], "dobs.csi.digitalocean.com");
  EXPECT_EQ(made["reclaimPolicy"], "Retain");
  EXPECT_EQ(made["allowVolumeExpansion"], true);
  const auto values = "/spec/source/helm/valuesObject"_json_pointer;
  const Json loki = world_.Application("loki")->at(values);
  EXPECT_EQ(loki["singleBinary"]["persistence"]["storageClass"], "kproto-monitoring");
  const Json grafana = world_.Application("grafana")->at(values);
  EXPECT_EQ(grafana["persistence"]["storageClassName"], "kproto-monitoring");
  ExpectNoChange(config);

  world_.kubernetes->Remove({kApi, "StorageClass", "", "kproto-monitoring"});
  EXPECT_TRUE(WouldChange(config));
  EXPECT_EQ(host_.state["drift"],
            Value::OfList({Text("StorageClass kproto-monitoring is missing")}));
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(Class("kproto-monitoring").has_value());
  host_.Destroy();
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_FALSE(Class("kproto-monitoring").has_value());
}

TEST_F(StackStorageTest, VolumesFollowAnotherReclaimPolicy) {
  host_.Apply(WithStorage({{"reclaim_policy", Text("Delete")}}));
  ASSERT_EQ(host_.Errors(), "");
  PutVolume("pvc-1", "Delete");
  const Value config = WithStorage({{"reclaim_policy", Text("Retain")}});
  host_.Apply(config);
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(Class("kproto-monitoring")->at("reclaimPolicy"), "Retain");
  EXPECT_EQ(PolicyOf("pvc-1"), "Retain");
  ExpectNoChange(config);
}

TEST_F(StackStorageTest, AClassOfSomebodyElseIsNeitherTakenNorTouched) {
  PutClass("fast", "dobs.csi.digitalocean.com");
  host_.Apply(WithStorage({{"class", Text("fast")}, {"reclaim_policy", Text("Retain")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("storage.class"));
  EXPECT_THAT(host_.Errors(), HasSubstr("StorageClass fast is there already"));
  host_.Destroy();
  EXPECT_TRUE(Class("fast").has_value());
}

TEST_F(StackStorageTest, AClassThatIsNotKnownToEncryptIsRefusedBeforeAnythingIsMade) {
  PutClass("local", "rancher.io/local-path");
  host_.Apply(WithStorage({{"class", Text("local")}, {"encrypted", Value::Bool(true)}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("storage.class: "));
  EXPECT_THAT(host_.Errors(), HasSubstr("not known to be encrypted"));
  EXPECT_THAT(world_.Writes(), IsEmpty());
  EXPECT_TRUE(host_.state.is_null());

  host_.diagnostics = {};
  host_.Apply(WithStorage({{"class", Text("local")}, {"encrypted", Value::Bool(false)}}));
  EXPECT_EQ(host_.Errors(), "");
}

TEST_F(StackStorageTest, TheDefaultClassIsTheOneThatIsJudged) {
  PutClass("other", "rancher.io/local-path");
  PutClass("do-block-storage", "dobs.csi.digitalocean.com", /*is_default=*/true);
  host_.Apply(WithStorage({}));
  EXPECT_EQ(host_.Errors(), "");
}

TEST_F(StackStorageTest, AMissingClassIsNamed) {
  host_.Apply(WithStorage({{"class", Text("gone")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("the cluster has no StorageClass gone"));
  EXPECT_THAT(world_.fake_clock.sleeps(), IsEmpty()) << "nobody knows of one that will come";
}

TEST_F(StackStorageTest, AClassThatANewClusterHasYetToGetIsWaitedFor) {
  int looks = 0;
  world_.fake_clock.OnSleep([&] {
    if (++looks == 3) {
      PutClass("do-block-storage-xfs", "dobs.csi.digitalocean.com");
    }
  });
  host_.Apply(WithStorage({{"class", Text("do-block-storage-xfs")}}));
  EXPECT_EQ(host_.Errors(), "");
  EXPECT_GE(looks, 3);
}

TEST_F(StackStorageTest, AnImportKnowsItsOwnClass) {
  const Value config = WithStorage({{"reclaim_policy", Text("Retain")}});
  host_.Apply(config);
  const Value made = host_.state;
  Host other(resource_);
  other.Import("k8s");
  ASSERT_EQ(other.Errors(), "");
  EXPECT_EQ(other.state["storage"], made["storage"]);
  EXPECT_EQ(other.state["drift"], made["drift"]);
}

TEST_F(StackStorageTest, SettingsOfNoClassAreRefused) {
  host_.Plan(WithStorage({{"provisioner", Text("ebs.csi.aws.com")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("storage.reclaim_policy: Nothing to provision with"));
  host_.diagnostics = {};
  host_.Plan(
      WithStorage({{"class", Text("do-block-storage")}, {"reclaim_policy", Text("Retain")}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("storage.class: The StorageClass is DigitalOcean's"));
}

TEST(StorageFactsTest, WhichDriversEncrypt) {
  EXPECT_TRUE(IsEncrypted("dobs.csi.digitalocean.com", {}));
  EXPECT_FALSE(IsEncrypted("ebs.csi.aws.com", {}));
  EXPECT_TRUE(IsEncrypted("ebs.csi.aws.com", {{"encrypted", "true"}}));
  EXPECT_FALSE(IsEncrypted("rancher.io/local-path", {{"encrypted", "true"}}));
}

}  // namespace
}  // namespace kproto::testing
