// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/model.h"

namespace kproto {

const Table<FleetMemberApplication>& FleetMemberApplication::Fields() {
  using M = FleetMemberApplication;
  static const auto& table = *new Table<M>({
      Field("application", &M::application, Computed(), Doc("Name of the Application on the hub.")),
      Field("revision", &M::revision, Computed(),
            Doc("Version of the chart that Argo CD last compared with.")),
      Field("sync", &M::sync, Computed(), Doc("`Synced`, `OutOfSync` or `Unknown`.")),
      Field("health", &M::health, Computed(),
            Doc("`Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing` or `Unknown`.")),
  });
  return table;
}

const Table<FleetMemberModel>& FleetMemberModel::Fields() {
  using M = FleetMemberModel;
  static const auto& table = *new Table<M>({
      Field("id", &M::id, Computed(), Stable(), Doc("`<fleet_id>/<name>`, for imports.")),
      Field("fleet_id", &M::fleet_id, Required(), ForcesReplacement(), Check(NotEmpty()),
            Doc("The fleet: `kproto_fleet.<name>.id`.")),
      Field("name", &M::name, Required(), ForcesReplacement(),
            Check(Matches("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?",
                          "must have 1 to 40 lower-case letters, digits and dashes, no dash at "
                          "either end")),
            Doc("Name of the member, unique in the fleet. Its Applications are named "
                "`<fleet>-<member>-<application>`.")),
      Field("cluster_id", &M::cluster_id, Required(), ForcesReplacement(), Check(NotEmpty()),
            Doc("Id of the member's cluster: `kproto_cluster.<name>.id`.")),
      Field("labels", &M::labels, Optional(),
            Doc("Labels of the cluster in Argo CD, for selectors of ApplicationSets of your own.")),
      Field("annotations", &M::annotations, Optional(),
            Doc("Annotations of the cluster in Argo CD, which templates of ApplicationSets read.")),
      Field("values", &M::values, Optional(),
            Doc("Values of this member by application, in YAML (`yamlencode` or `file`). Argo CD "
                "lays them over the fleet's.")),
      Field("cluster_role", &M::cluster_role, Default(Value::String(kClusterRole)),
            Check(NotEmpty()),
            Doc("ClusterRole in the member that Argo CD acts by. It has to allow all that the "
                "charts make, and to list and watch every kind.")),
      Field("token_lifetime", &M::token_lifetime, Default(Value::String(kTokenLifetime)),
            Check(DurationText()),
            Doc("How long Argo CD's token for the member is good, as far as its API server "
                "allows.")),
      Field("token_renew_before", &M::token_renew_before, Default(Value::String(kTokenRenewBefore)),
            Check(DurationText()),
            Doc("When less than this is left of the token, the next apply renews it; where the API "
                "server grants less than twice this, when half of that is over.")),
      Field("timeouts", &M::timeouts, Optional(),
            Doc("Limits of the operations. Default: 30 m each.")),
      Field("server", &M::server, Computed(), Stable(), Doc("URL of the member's API server.")),
      Field("token_expires_at", &M::token_expires_at, Computed(),
            Doc("When the token ends, in RFC 3339 form. The token itself is in the Secret of the "
                "cluster on the hub and nowhere else.")),
      Field("token_renew_at", &M::token_renew_at, Computed(),
            Doc("From when on an apply renews the token.")),
      Field("applications", &M::applications, Computed(),
            Doc("The member's Applications, by what they deliver.")),
      Field("drift", &M::drift, Computed(),
            Doc("What an apply would mend; empty when all is well.")),
  });
  return table;
}

absl::Duration DurationOr(const std::string& text, const char* otherwise) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) {
    absl::ParseDuration(otherwise, &duration);
  }
  return duration;
}

}  // namespace kproto
