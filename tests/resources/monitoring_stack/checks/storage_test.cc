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

std::vector<std::string> With(const std::string& strategy, int replicas) {
  Picture picture;
  picture.Add("grafana", "deploymentStrategy: {type: " + strategy + "}",
              "kind: Deployment\nmetadata: {name: grafana}\nspec:\n  replicas: " +
                  std::to_string(replicas) + "\n  strategy: {type: " + strategy +
                  "}\n  template: {spec: {volumes: [{name: s, persistentVolumeClaim: {claimName: "
                  "grafana}}]}}\n---\n"
                  "kind: PersistentVolumeClaim\nmetadata: {name: grafana}\nspec: {accessModes: "
                  "[ReadWriteOnce], storageClassName: do-block-storage}\n");
  picture.stack.on_digitalocean = true;
  return Lines(CheckStorage, picture);
}

TEST(StorageTest, AVolumeOfOneNodeAndARollingUpdateDeadlock) {
  EXPECT_THAT(With("RollingUpdate", 1),
              ElementsAre(AllOf(HasSubstr("The first update of Deployment grafana would hang"),
                                HasSubstr("| deploymentStrategy |"), HasSubstr("ReadWriteOnce"),
                                HasSubstr("Recreate"))));
  EXPECT_THAT(With("Recreate", 1), IsEmpty());
}

TEST(StorageTest, SeveralPodsCannotShareIt) {
  EXPECT_THAT(With("Recreate", 2), ElementsAre(HasSubstr("cannot share their volume")));
}

TEST(StorageTest, AClassThatDigitalOceanDoesNotHaveIsNamed) {
  const auto with = [](const std::string& name, bool on_digitalocean) {
    Picture picture;
    picture.Add("loki", "singleBinary: {persistence: {storageClass: " + name + "}}",
                "kind: StatefulSet\nmetadata: {name: loki}\nspec:\n  template: {spec: {}}\n"
                "  volumeClaimTemplates: [{metadata: {name: storage}, spec: {storageClassName: " +
                    name + "}}]\n");
    picture.stack.on_digitalocean = on_digitalocean;
    picture.stack.cluster_is_new = true;
    return Lines(CheckStorage, picture);
  };
  EXPECT_THAT(with("encrypted-ssd", true),
              ElementsAre(AllOf(HasSubstr("There is no StorageClass encrypted-ssd"),
                                HasSubstr("singleBinary.persistence.storageClass"),
                                HasSubstr("encrypted at rest"))));
  EXPECT_THAT(with("do-block-storage-retain", true), IsEmpty());
  EXPECT_THAT(with("encrypted-ssd", false), IsEmpty());
}

TEST(StorageTest, AVolumeNeverShrinks) {
  const auto with = [](int64_t gib) {
    Picture picture;
    StackLoki was, is;
    was.volume_gib = int64_t{50};
    is.volume_gib = gib;
    picture.stack.prior.emplace();
    picture.stack.prior->loki = was;
    picture.stack.planned.loki = is;
    return Lines(CheckStorage, picture);
  };
  EXPECT_THAT(with(20), ElementsAre(AllOf(HasSubstr("cannot shrink"), HasSubstr("50 GiB"))));
  EXPECT_THAT(with(60), IsEmpty());
}

// A claim under a StorageClass, and the attribute as it was and as it is planned.
std::vector<std::string> WithStorage(const std::optional<StackStorage>& was,
                                     const StackStorage& is) {
  Picture picture;
  picture.Add("loki", "",
              "kind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: "
              "[ReadWriteOnce], storageClassName: kproto-monitoring}\n");
  picture.stack.on_digitalocean = true;
  picture.stack.planned.ns = std::string("monitoring");
  picture.stack.planned.storage = is;
  if (was) {
    picture.stack.prior.emplace();
    picture.stack.prior->storage = *was;
  }
  return Lines(CheckStorage, picture);
}

StackStorage Own(const std::string& provisioner = "") {
  StackStorage storage;
  storage.reclaim_policy = std::string("Retain");
  if (!provisioner.empty()) {
    storage.provisioner = provisioner;
  }
  return storage;
}

TEST(StorageTest, TheStacksOwnClassNeedNotBeThere) {
  EXPECT_THAT(WithStorage(std::nullopt, Own()), IsEmpty());
}

TEST(StorageTest, ADriverThatIsNotKnownToEncryptIsRefused) {
  EXPECT_THAT(WithStorage(std::nullopt, Own("ebs.csi.aws.com")),
              ElementsAre(HasSubstr("not known to be encrypted")));
  StackStorage encrypted = Own("ebs.csi.aws.com");
  encrypted.parameters = MapOf<std::string>{{"encrypted", std::string("true")}};
  EXPECT_THAT(WithStorage(std::nullopt, encrypted), IsEmpty());
}

TEST(StorageTest, VolumesKeepTheirClass) {
  StackStorage other = Own();
  other.storage_class = std::string("do-block-storage-retain");
  EXPECT_THAT(WithStorage(other, Own()),
              ElementsAre(AllOf(HasSubstr("cannot change their StorageClass"),
                                HasSubstr("do-block-storage-retain"))));
  EXPECT_THAT(WithStorage(Own(), Own()), IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
