// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/volumes.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/cloud/cloud_api.h"
#include "lab/kubernetes/base_objects.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr char kApi[] = "/v2/volumes";
constexpr char kVolumes[] = "/api/v1/persistentvolumes";
constexpr char kFinalizer[] = "external-provisioner.volume.kubernetes.io/finalizer";
// The volume controller in kube-controller-manager writes it on a claim whose class is ours.
constexpr char kProvisioner[] = "volume.kubernetes.io/storage-provisioner";

bool Deleted(const json& object) {
  return !At(object, {"metadata", "deletionTimestamp"}).is_null();
}

std::string VolumeName(const json& claim) {
  return absl::StrCat("pvc-", Text(claim, {"metadata", "uid"}));
}

absl::StatusOr<int64_t> Requested(const json& claim) {
  KPROTO_ASSIGN_OR_RETURN(const int64_t size,
                          Gibibytes(Text(claim, {"spec", "resources", "requests", "storage"})));
  return std::max<int64_t>(size, 1);
}

absl::Status CheckModes(const json& claim) {
  for (const json& mode : Items(claim, {"spec", "accessModes"})) {
    if (mode != "ReadWriteOnce" && mode != "ReadWriteOncePod") {
      return absl::InvalidArgumentError(
          "only ReadWriteOnce is supported by DigitalOcean block storage");
    }
  }
  return absl::OkStatus();
}

// The id of the account's volume of that name, made when it is not there: a crash between the two
// calls must not leave a second one.
absl::StatusOr<std::string> EnsureVolume(const CloudSite& site, const json& claim,
                                         const json& storage_class, int64_t gibibytes) {
  const std::string name = VolumeName(claim);
  KPROTO_ASSIGN_OR_RETURN(
      const json found,
      site.cloud->Get(absl::StrCat(kApi, "?name=", name, "&region=", site.cluster.region)));
  for (const json& volume : Items(found, {"volumes"})) {
    if (Text(volume, {"name"}) == name) {
      return Text(volume, {"id"});
    }
  }
  const std::string fstype = Text(storage_class, {"parameters", "csi.storage.k8s.io/fstype"});
  const json request = {{"name", name},
                        {"size_gigabytes", gibibytes},
                        {"region", site.cluster.region},
                        {"description", "Created by DigitalOcean CSI driver"},
                        {"filesystem_type", fstype.empty() ? "ext4" : fstype},
                        {"tags", {absl::StrCat("k8s:", site.cluster.id)}}};
  KPROTO_ASSIGN_OR_RETURN(const json made, site.cloud->Post(kApi, request));
  return Text(made, {"volume", "id"});
}

absl::Status Provision(const CloudSite& site, const json& claim) {
  KPROTO_RETURN_IF_ERROR(CheckModes(claim));
  KPROTO_ASSIGN_OR_RETURN(
      const json storage_class,
      site.kubernetes->Get(absl::StrCat("/apis/storage.k8s.io/v1/storageclasses/",
                                        Text(claim, {"spec", "storageClassName"}))));
  KPROTO_ASSIGN_OR_RETURN(const int64_t gibibytes, Requested(claim));
  KPROTO_ASSIGN_OR_RETURN(const std::string id,
                          EnsureVolume(site, claim, storage_class, gibibytes));
  const absl::Status created =
      site.kubernetes->Create(kVolumes, PersistentVolumeFor(claim, storage_class, id, gibibytes))
          .status();
  return absl::IsAlreadyExists(created) ? absl::OkStatus() : created;
}

// A claim that asks for more than its volume has.
absl::Status Expand(const CloudSite& site, const json& claim, const json& volume) {
  KPROTO_ASSIGN_OR_RETURN(const int64_t wanted, Requested(claim));
  KPROTO_ASSIGN_OR_RETURN(const int64_t has,
                          Gibibytes(Text(volume, {"spec", "capacity", "storage"})));
  const std::string quantity = absl::StrCat(wanted, "Gi");
  const std::string name = Text(volume, {"metadata", "name"});
  if (wanted > has) {
    const json action = {
        {"type", "resize"}, {"size_gigabytes", wanted}, {"region", site.cluster.region}};
    const std::string id = Text(volume, {"spec", "csi", "volumeHandle"});
    KPROTO_RETURN_IF_ERROR(
        site.cloud->Post(absl::StrCat(kApi, "/", id, "/actions"), action).status());
    KPROTO_RETURN_IF_ERROR(site.kubernetes
                               ->MergePatch(absl::StrCat(kVolumes, "/", name),
                                            {{"spec", {{"capacity", {{"storage", quantity}}}}}})
                               .status());
  }
  KPROTO_ASSIGN_OR_RETURN(const int64_t reported,
                          Gibibytes(Text(claim, {"status", "capacity", "storage"})));
  if (wanted <= reported) {
    return absl::OkStatus();
  }
  const std::string path = NamespacedPath(claim, "persistentvolumeclaims");
  return site.kubernetes
      ->MergePatch(absl::StrCat(path, "/status"),
                   {{"status", {{"capacity", {{"storage", quantity}}}}}})
      .status();
}

// Deletes the account's volume when the policy says so, then lets the PersistentVolume go.
absl::Status Reclaim(const CloudSite& site, const json& volume) {
  const std::string path = absl::StrCat(kVolumes, "/", Text(volume, {"metadata", "name"}));
  if (Text(volume, {"spec", "persistentVolumeReclaimPolicy"}) == "Delete") {
    KPROTO_RETURN_IF_ERROR(
        site.cloud->Delete(absl::StrCat(kApi, "/", Text(volume, {"spec", "csi", "volumeHandle"}))));
  }
  KPROTO_RETURN_IF_ERROR(site.kubernetes->Delete(path));
  return HasFinalizer(volume, kFinalizer)
             ? RemoveFinalizer(*site.kubernetes, path, volume, kFinalizer)
             : absl::OkStatus();
}

bool MustGo(const json& volume) {
  const std::string phase = Text(volume, {"status", "phase"});
  return (phase == "Released" &&
          Text(volume, {"spec", "persistentVolumeReclaimPolicy"}) == "Delete") ||
         (Deleted(volume) && phase != "Bound");
}

absl::Status ReconcileClaim(const CloudSite& site, const json& claim,
                            const std::map<std::string, const json*>& volumes) {
  if (Text(claim, {"metadata", "annotations", kProvisioner}) != kBlockStorageDriver ||
      Deleted(claim)) {
    return absl::OkStatus();
  }
  const std::string bound = Text(claim, {"spec", "volumeName"});
  if (bound.empty()) {
    return volumes.contains(VolumeName(claim)) ? absl::OkStatus() : Provision(site, claim);
  }
  const auto volume = volumes.find(bound);
  return volume != volumes.end() && Text(claim, {"status", "phase"}) == "Bound"
             ? Expand(site, claim, *volume->second)
             : absl::OkStatus();
}

}  // namespace

json PersistentVolumeFor(const json& claim, const json& storage_class, const std::string& volume_id,
                         int64_t gibibytes) {
  const std::string fstype = Text(storage_class, {"parameters", "csi.storage.k8s.io/fstype"});
  return {{"apiVersion", "v1"},
          {"kind", "PersistentVolume"},
          {"metadata",
           {{"name", VolumeName(claim)},
            {"annotations", {{"pv.kubernetes.io/provisioned-by", kBlockStorageDriver}}},
            {"finalizers", {kFinalizer}}}},
          {"spec",
           {{"capacity", {{"storage", absl::StrCat(gibibytes, "Gi")}}},
            {"accessModes", Items(claim, {"spec", "accessModes"})},
            {"volumeMode", "Filesystem"},
            {"storageClassName", Text(claim, {"spec", "storageClassName"})},
            {"persistentVolumeReclaimPolicy", Text(storage_class, {"reclaimPolicy"})},
            {"claimRef",
             {{"apiVersion", "v1"},
              {"kind", "PersistentVolumeClaim"},
              {"name", Text(claim, {"metadata", "name"})},
              {"namespace", Text(claim, {"metadata", "namespace"})},
              {"uid", Text(claim, {"metadata", "uid"})}}},
            {"csi",
             {{"driver", kBlockStorageDriver},
              {"volumeHandle", volume_id},
              {"fsType", fstype.empty() ? "ext4" : fstype}}}}}};
}

absl::Status ReconcileVolumes(const CloudSite& site) {
  KPROTO_ASSIGN_OR_RETURN(const json claims,
                          site.kubernetes->Get("/api/v1/persistentvolumeclaims"));
  KPROTO_ASSIGN_OR_RETURN(const json list, site.kubernetes->Get(kVolumes));
  std::map<std::string, const json*> volumes;
  for (const json& volume : Items(list)) {
    if (Text(volume, {"spec", "csi", "driver"}) != kBlockStorageDriver) {
      continue;
    }
    volumes[Text(volume, {"metadata", "name"})] = &volume;
    if (MustGo(volume)) {
      const absl::Status reclaimed = Reclaim(site, volume);
      if (!reclaimed.ok() && !absl::IsAborted(reclaimed) && !absl::IsUnavailable(reclaimed)) {
        json placed = volume;
        placed["metadata"]["namespace"] = "default";  // where Events about cluster objects go
        Warn(*site.kubernetes, placed, "PersistentVolume", "VolumeFailedDelete",
             std::string(reclaimed.message()));
      }
    }
  }
  for (const json& claim : Items(claims)) {
    const absl::Status status = ReconcileClaim(site, claim, volumes);
    if (!status.ok() && !absl::IsAborted(status) && !absl::IsUnavailable(status)) {
      Warn(*site.kubernetes, claim, "PersistentVolumeClaim", "ProvisioningFailed",
           absl::StrCat("failed to provision volume with StorageClass \"",
                        Text(claim, {"spec", "storageClassName"}), "\": ", status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace kproto::lab
