// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/on_destroy.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "resources/cluster/model.h"

namespace kproto {
namespace {

Validator KeepOrDelete() { return OneOf({"keep", "delete"}); }

Fate FateOf(const Attr<std::string>& written, Fate otherwise) {
  return !written.is_known() ? otherwise : *written == "delete" ? Fate::kDelete : Fate::kKeep;
}

}  // namespace

const Table<OnDestroy>& OnDestroy::Fields() {
  static const auto& table = *new Table<OnDestroy>({
      Field("load_balancers", &OnDestroy::load_balancers, Default(Value::String("delete")),
            Check(KeepOrDelete()),
            Doc("Load balancers that the cluster's Services made: `delete` or `keep`. They can "
                "only be kept in a VPC that stays, too.")),
      Field("volumes", &OnDestroy::volumes, Default(Value::String("keep")), Check(KeepOrDelete()),
            Doc("Volumes that the cluster's claims made, with their data: `keep` or `delete`.")),
      Field("volume_snapshots", &OnDestroy::volume_snapshots, Default(Value::String("keep")),
            Check(KeepOrDelete()), Doc("Snapshots of those volumes: `keep` or `delete`.")),
  });
  return table;
}

DestroyPolicy PolicyOf(const Attr<OnDestroy>& on_destroy) {
  DestroyPolicy policy;
  if (on_destroy.is_known()) {
    policy.load_balancers = FateOf(on_destroy->load_balancers, policy.load_balancers);
    policy.volumes = FateOf(on_destroy->volumes, policy.volumes);
    policy.volume_snapshots = FateOf(on_destroy->volume_snapshots, policy.volume_snapshots);
  }
  return policy;
}

void CheckOnDestroy(const ClusterModel& cluster, Diagnostics& diagnostics) {
  const bool makes_vpc = cluster.vpc.is_known() && cluster.vpc->id.is_null();
  if (makes_vpc && PolicyOf(cluster.on_destroy).load_balancers == Fate::kKeep) {
    diagnostics.AddError(
        "Load balancers kept in a VPC that goes",
        "on_destroy.load_balancers is \"keep\", but the VPC is made here and destroyed with the "
        "cluster, and DigitalOcean deletes no VPC that has load balancers in it. Write "
        "load_balancers = \"delete\", or place the cluster in a VPC that stays: vpc = { id = … }.",
        Path("on_destroy").Attribute("load_balancers"));
  }
}

absl::Status RefuseIfProtected(const ClusterModel& state, absl::string_view what) {
  const bool finished = state.id.is_known() && state.cluster_ca_certificate.is_known();
  if (!finished || !state.deletion_protection.value_or(false)) {
    return absl::OkStatus();
  }
  return WithPath(
      WithHint(absl::FailedPreconditionError(
                   absl::StrCat("cluster \"", state.name.value_or(""), "\" (", *state.id,
                                ") has deletion_protection = true, and ", what)),
               "Nothing was changed. If it shall really go, write deletion_protection = false, "
               "apply that alone, then ask again."),
      Path("deletion_protection"));
}

}  // namespace kproto
