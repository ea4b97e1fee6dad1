// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/volumes.h"

#include "gtest/gtest.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

TEST(PersistentVolumeForTest, IsBoundToItsClaimAndFollowsItsClass) {
  const json claim = json::parse(R"({"metadata": {"uid": "u-1", "name": "data", "namespace": "ns"},
      "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "do-block-storage-xfs"}})");
  const json storage_class = json::parse(
      R"({"reclaimPolicy": "Delete", "parameters": {"csi.storage.k8s.io/fstype": "xfs"}})");
  const json volume = PersistentVolumeFor(claim, storage_class, "vol-1", 50);
  EXPECT_EQ(Text(volume, {"metadata", "name"}), "pvc-u-1");
  EXPECT_EQ(Text(volume, {"spec", "capacity", "storage"}), "50Gi");
  EXPECT_EQ(Text(volume, {"spec", "claimRef", "uid"}), "u-1");
  EXPECT_EQ(Text(volume, {"spec", "claimRef", "namespace"}), "ns");
  EXPECT_EQ(Text(volume, {"spec", "persistentVolumeReclaimPolicy"}), "Delete");
  EXPECT_EQ(Text(volume, {"spec", "csi", "volumeHandle"}), "vol-1");
  EXPECT_EQ(Text(volume, {"spec", "csi", "fsType"}), "xfs");
  EXPECT_EQ(volume["spec"]["accessModes"], json::array({"ReadWriteOnce"}));
  EXPECT_TRUE(HasFinalizer(volume, "external-provisioner.volume.kubernetes.io/finalizer"));
}

}  // namespace
}  // namespace kproto::lab
