// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/base_objects.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"
#include "lab/kubernetes/token_minter.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

// The four classes of digitalocean.md §4: the plain one is the default; -retain keeps the volume.
json StorageClass(const std::string& name, const std::string& reclaim, const std::string& fstype) {
  json storage_class = {{"apiVersion", "storage.k8s.io/v1"}, {"kind", "StorageClass"},
                        {"metadata", {{"name", name}}},      {"provisioner", kBlockStorageDriver},
                        {"reclaimPolicy", reclaim},          {"volumeBindingMode", "Immediate"},
                        {"allowVolumeExpansion", true}};
  if (name == "do-block-storage") {
    storage_class["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] =
        "true";
  }
  if (!fstype.empty()) {
    storage_class["parameters"]["csi.storage.k8s.io/fstype"] = fstype;
  }
  return storage_class;
}

// No kubelet mounts anything here, so nothing need be attached before a pod may run.
json CsiDriver() {
  return {{"apiVersion", "storage.k8s.io/v1"},
          {"kind", "CSIDriver"},
          {"metadata", {{"name", kBlockStorageDriver}}},
          {"spec", {{"attachRequired", false}, {"podInfoOnMount", true}}}};
}

json AdminBinding() {
  return {
      {"apiVersion", "rbac.authorization.k8s.io/v1"},
      {"kind", "ClusterRoleBinding"},
      {"metadata", {{"name", kAdminAccount}}},
      {"roleRef",
       {{"apiGroup", "rbac.authorization.k8s.io"},
        {"kind", "ClusterRole"},
        {"name", "cluster-admin"}}},
      {"subjects",
       {{{"kind", "ServiceAccount"}, {"name", kAdminAccount}, {"namespace", kAdminNamespace}}}}};
}

}  // namespace

absl::StatusOr<std::string> ApplyBaseObjects(ApiClient& api) {
  for (const auto& [name, reclaim, fstype] :
       {std::tuple("do-block-storage", "Delete", ""),
        std::tuple("do-block-storage-retain", "Retain", ""),
        std::tuple("do-block-storage-xfs", "Delete", "xfs"),
        std::tuple("do-block-storage-xfs-retain", "Retain", "xfs")}) {
    const std::string path = absl::StrCat("/apis/storage.k8s.io/v1/storageclasses/", name);
    // A class is immutable but for its metadata; the cluster's owner may have changed that.
    if (absl::IsNotFound(api.Get(path).status())) {
      KPROTO_RETURN_IF_ERROR(api.Apply(path, StorageClass(name, reclaim, fstype)).status());
    }
  }
  KPROTO_RETURN_IF_ERROR(
      api.Apply(absl::StrCat("/apis/storage.k8s.io/v1/csidrivers/", kBlockStorageDriver),
                CsiDriver())
          .status());
  KPROTO_RETURN_IF_ERROR(
      api.Apply(
             absl::StrCat("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/", kAdminAccount),
             AdminBinding())
          .status());
  const json account = {{"apiVersion", "v1"},
                        {"kind", "ServiceAccount"},
                        {"metadata", {{"name", kAdminAccount}, {"namespace", kAdminNamespace}}}};
  KPROTO_ASSIGN_OR_RETURN(const json made,
                          api.Apply(absl::StrCat("/api/v1/namespaces/", kAdminNamespace,
                                                 "/serviceaccounts/", kAdminAccount),
                                    account));
  return Text(made, {"metadata", "uid"});
}

}  // namespace kproto::lab
