// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/model.h"

#include "resources/field_texts.h"

namespace kproto {
namespace {

Validator NameText() {
  return Matches("[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?",
                 "must have 1 to 30 lower-case letters, digits and dashes, no dash at either end");
}

}  // namespace

const Table<FleetStackChart>& FleetStackChart::Fields() {
  static const auto& table = *new Table<FleetStackChart>({
      Field("chart_repository", &FleetStackChart::chart_repository, Optional(),
            Check(ChartRepositoryText()),
            Doc("Repository of the chart. Default: where its authors publish it.")),
      Field("chart_version", &FleetStackChart::chart_version, Optional(), Check(NotEmpty()),
            Doc("Version of the chart. Default: that of `kproto_monitoring_stack`.")),
  });
  return table;
}

const Table<FleetChart>& FleetChart::Fields() {
  static const auto& table = *new Table<FleetChart>({
      Field("chart", &FleetChart::chart, Required(), Check(NotEmpty()), Doc("Name of the chart.")),
      Field("chart_repository", &FleetChart::chart_repository, Required(),
            Check(ChartRepositoryText()),
            Doc("Repository of the chart, as Argo CD on the hub reaches it.")),
      Field("chart_version", &FleetChart::chart_version, Required(), Check(NotEmpty()),
            Doc("Version of the chart.")),
      Field("values", &FleetChart::values, Optional(),
            Doc("Values of every member, in YAML (`yamlencode` or `file`).")),
  });
  return table;
}

const Table<FleetApplication>& FleetApplication::Fields() {
  static const auto& table = *new Table<FleetApplication>({
      Field("chart", &FleetApplication::chart, Computed(), Doc("Name of the chart.")),
      Field("chart_version", &FleetApplication::chart_version, Computed(),
            Doc("Version of the chart.")),
      Field("digest", &FleetApplication::digest, Computed(),
            Doc("Digest of the ApplicationSet, values included.")),
  });
  return table;
}

const Table<FleetModel>& FleetModel::Fields() {
  static const auto& table = *new Table<FleetModel>({
      Field("id", &FleetModel::id, Computed(), Stable(),
            Doc("`<hub cluster id>/<argocd_namespace>/<name>`, for `fleet_id` of the members and "
                "for imports.")),
      Field("name", &FleetModel::name, Required(), ForcesReplacement(), Check(NameText()),
            Doc("Name of the fleet, unique on its hub.")),
      Field("hub_cluster_id", &FleetModel::hub_cluster_id, Required(), ForcesReplacement(),
            Check(NotEmpty()),
            Doc("Id of the cluster whose Argo CD serves the fleet: "
                "`kproto_monitoring_stack.<name>.cluster_id`, so that Argo CD is there first.")),
      Field("argocd_namespace", &FleetModel::argocd_ns, Default(Value::String("argocd")),
            ForcesReplacement(), Check(NamespaceText()), Doc("Namespace of Argo CD on the hub.")),
      Field("namespace", &FleetModel::ns, Default(Value::String("monitoring")), ForcesReplacement(),
            Check(NamespaceText()), Doc("Namespace in every member.")),
      Field("stack", &FleetModel::stack, Default(Value::Bool(true)),
            Doc("Whether every member gets Grafana, Loki and the collector; `charts` come beside "
                "them.")),
      Field("environment", &FleetModel::environment, Optional(), Check(NotEmpty()),
            Doc("Name of the folder in `values_dir` whose files are laid over the others.")),
      Field("values_dir", &FleetModel::values_dir, Optional(), Check(NotEmpty()),
            Doc("Folder with the values of every member: `grafana.yaml`, `loki.yaml`, "
                "`promtail.yaml` or `alloy.yaml`. What one member has of its own is "
                "`values` of its `kproto_fleet_member`.")),
      Field("collector", &FleetModel::collector, Default(Value::String("promtail")),
            Check(OneOf({"promtail", "alloy"})),
            Doc("What sends the logs of every node to the member's Loki.")),
      Field("grafana", &FleetModel::grafana, Optional(), Doc("The chart of Grafana.")),
      Field("loki", &FleetModel::loki, Optional(), Doc("The chart of Loki.")),
      Field("promtail", &FleetModel::promtail, Optional(), Doc("The chart of Promtail.")),
      Field("alloy", &FleetModel::alloy, Optional(), Doc("The chart of Alloy.")),
      Field("charts", &FleetModel::charts, Optional(),
            Check(EachKey(Matches("[a-z0-9]{1,20}",
                                  "must have 1 to 20 lower-case letters and "
                                  "digits"))),
            Doc("Further charts for every member, by the name of their Application.")),
      Field("kubernetes_version", &FleetModel::kubernetes_version, Optional(),
            Doc("Version of the members, such as `1.34`, for the checks of the plan.")),
      Field("checks", &FleetModel::checks, Optional(),
            Doc("Severity of single checks of the plan: `error`, `warning` or `off` by name. See "
                "the guide Plan checks.")),
      Field("timeouts", &FleetModel::timeouts, Optional(),
            Doc("Limits of the operations. Default: 60 m each.")),
      Field("applications", &FleetModel::applications, Computed(),
            Doc("The ApplicationSets on the hub, by the name of what they deliver.")),
  });
  return table;
}

}  // namespace kproto
