// SPDX-License-Identifier: MPL-2.0
// The one declaration of the attributes of a cluster's settings.
#include <arpa/inet.h>

#include "absl/strings/str_cat.h"
#include "resources/cluster/settings.h"

namespace kproto {
namespace {

// One address or a network, as DigitalOcean's firewall takes them.
absl::Status AddressOrCidr(const Value& value) {
  in_addr address;
  return inet_pton(AF_INET, value.string().c_str(), &address) == 1 ? absl::OkStatus()
                                                                   : Cidr(0, 32)(value);
}

absl::Status Fraction(const Value& value) {
  const double fraction = value.number().AsDouble();
  return fraction > 0 && fraction <= 1
             ? absl::OkStatus()
             : absl::InvalidArgumentError(absl::StrCat(
                   "must be a fraction above 0 and at most 1, got ", value.number().text()));
}

FieldOption OffUnlessAskedFor() { return Default(Value::Bool(false)); }

}  // namespace

const Table<MaintenancePolicy>& MaintenancePolicy::Fields() {
  static const auto& table = *new Table<MaintenancePolicy>({
      Field("day", &MaintenancePolicy::day, Default(Value::String("any")),
            Check(OneOf({"any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                         "sunday"})),
            Doc("Day of the week, `monday` to `sunday`, or `any`.")),
      Field("start_time", &MaintenancePolicy::start_time, Required(),
            Check(Matches("([01][0-9]|2[0-3]):[0-5][0-9]",
                          "must be a time of day in UTC such as \"04:00\"")),
            Doc("When the window opens, in UTC, such as `04:00`.")),
      Field("duration", &MaintenancePolicy::duration, Computed(),
            Doc("How long it stays open, as DigitalOcean says.")),
  });
  return table;
}

const Table<ClusterAutoscaler>& ClusterAutoscaler::Fields() {
  static const auto& table = *new Table<ClusterAutoscaler>({
      Field("scale_down_utilization_threshold",
            &ClusterAutoscaler::scale_down_utilization_threshold, OptionalComputed(), Stable(),
            Check(Fraction),
            Doc("A node whose requested share of CPU or memory is below this fraction may go. "
                "Omitted: as it is.")),
      Field("scale_down_unneeded_time", &ClusterAutoscaler::scale_down_unneeded_time,
            OptionalComputed(), Stable(), Check(DurationText()),
            Doc("How long a node has to be unneeded before it goes, such as `10m`. Omitted: as it "
                "is.")),
      Field("expanders", &ClusterAutoscaler::expanders, Default(Value::OfList({})),
            Check(EachElement(OneOf({"random", "priority", "least-waste"}))),
            Doc("How the pool to grow is chosen, the next one deciding where one leaves a choice: "
                "`random`, `priority`, `least-waste`. Empty: DigitalOcean's default, `random`.")),
  });
  return table;
}

const Table<ControlPlaneFirewall>& ControlPlaneFirewall::Fields() {
  static const auto& table = *new Table<ControlPlaneFirewall>({
      Field("enabled", &ControlPlaneFirewall::enabled, Required(),
            Doc("Whether only `allowed_addresses` reach the API server.")),
      Field("allowed_addresses", &ControlPlaneFirewall::allowed_addresses,
            Default(Value::OfSet({})), Check(EachElement(AddressOrCidr)),
            Doc("Public IPv4 addresses and networks in CIDR form. They must include those from "
                "which OpenTofu runs.")),
      Field("allow_lockout", &ControlPlaneFirewall::allow_lockout, OffUnlessAskedFor(),
            Doc("Takes the list as it is, even if OpenTofu cannot reach the API server any more. "
                "Otherwise an empty list is refused, and a change after which the API server no "
                "longer answers is undone.")),
  });
  return table;
}

const Table<ClusterSso>& ClusterSso::Fields() {
  static const auto& table = *new Table<ClusterSso>({
      Field("enabled", &ClusterSso::enabled, Required(),
            Doc("Whether users may log in to the API server by OpenID Connect.")),
      Field("required", &ClusterSso::required, OffUnlessAskedFor(),
            Doc("Whether there is no other way to log in. kproto's own tokens are refused too, so "
                "`kproto_monitoring_stack` cannot work on such a cluster.")),
      Field("issuer_url", &ClusterSso::issuer_url, Optional(),
            Check(Matches("https://[^[:space:]]+", "must be a URL that starts with https://")),
            Doc("URL of the identity provider; needed when `enabled`.")),
      Field("client_id", &ClusterSso::client_id, Optional(), Check(NotEmpty()),
            Doc("The client that the identity provider knows the cluster as; needed when "
                "`enabled`.")),
  });
  return table;
}

const Table<ClusterPlugins>& ClusterPlugins::Fields() {
  static const auto& table = *new Table<ClusterPlugins>({
      Field("routing_agent", &ClusterPlugins::routing_agent, OffUnlessAskedFor(),
            Doc("Static routes of the VPC for the nodes. Omitted: off.")),
      Field("p2p_oci_registry_plugin", &ClusterPlugins::p2p_oci_registry_plugin,
            OffUnlessAskedFor(), Doc("Nodes pull images from one another. Omitted: off.")),
      Field("amd_gpu_device_plugin", &ClusterPlugins::amd_gpu_device_plugin, OptionalComputed(),
            Stable(),
            Doc("Offers AMD GPUs to pods. Omitted: as it is; DigitalOcean turns it on for clusters "
                "with AMD GPUs. Not together with `amd_gpu_dra_driver`.")),
      Field("amd_gpu_device_metrics_exporter_plugin",
            &ClusterPlugins::amd_gpu_device_metrics_exporter_plugin, OffUnlessAskedFor(),
            Doc("Metrics of AMD GPUs for Prometheus. Omitted: off.")),
      Field("nvidia_gpu_device_plugin", &ClusterPlugins::nvidia_gpu_device_plugin,
            OptionalComputed(), Stable(),
            Doc("Offers NVIDIA GPUs to pods. Omitted: as it is; DigitalOcean turns it on for "
                "clusters with NVIDIA GPUs. Not together with `nvidia_gpu_dra_driver`.")),
      Field("amd_gpu_dra_driver", &ClusterPlugins::amd_gpu_dra_driver, OffUnlessAskedFor(),
            Doc("Offers AMD GPUs by dynamic resource allocation. Omitted: off.")),
      Field("nvidia_gpu_dra_driver", &ClusterPlugins::nvidia_gpu_dra_driver, OffUnlessAskedFor(),
            Doc("Offers NVIDIA GPUs by dynamic resource allocation. Omitted: off.")),
      Field(
          "rdma_shared_device_plugin", &ClusterPlugins::rdma_shared_device_plugin,
          OptionalComputed(), Stable(),
          Doc("Offers RDMA between GPU nodes to pods. Omitted: as it is; DigitalOcean turns it on "
              "for nodes that have it.")),
      Field("coredns_autoscaler", &ClusterPlugins::coredns_autoscaler, OptionalComputed(), Stable(),
            Doc("CoreDNS grows with the cluster. Omitted: as it is; new clusters have it from 1.36 "
                "on.")),
  });
  return table;
}

Value FirewallOff() {
  return Value::OfMap({{"enabled", Value::Bool(false)},
                       {"allowed_addresses", Value::OfSet({})},
                       {"allow_lockout", Value::Bool(false)}});
}

Value SsoOff() {
  return Value::OfMap({{"enabled", Value::Bool(false)},
                       {"required", Value::Bool(false)},
                       {"issuer_url", Value::Null()},
                       {"client_id", Value::Null()}});
}

}  // namespace kproto
