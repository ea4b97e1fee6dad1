// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/load_balancers.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "lab/cloud/cloud_api.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr char kApi[] = "/v2/load_balancers";
constexpr char kPrefix[] = "service.beta.kubernetes.io/do-loadbalancer-";

std::string Annotation(const json& service, absl::string_view name) {
  return Text(service, {"metadata", "annotations", name});
}

std::string NameFor(const json& service) {
  const std::string custom = Annotation(service, absl::StrCat(kPrefix, "name"));
  return !custom.empty() ? custom
                         : absl::StrCat("a", absl::StrReplaceAll(Text(service, {"metadata", "uid"}),
                                                                 {{"-", ""}}));
}

json ForwardingRules(const json& service, const std::string& type) {
  json rules = json::array();
  for (const json& port : Items(service, {"spec", "ports"})) {
    const json& number = At(port, {"port"});
    // A network load balancer hands packets on and keeps the port; a regional one ends connections.
    const json& target = type == "REGIONAL_NETWORK" ? number : At(port, {"nodePort"});
    const std::string protocol = Text(port, {"protocol"}) == "UDP" ? "udp" : "tcp";
    rules.push_back({{"entry_protocol", protocol},
                     {"entry_port", number},
                     {"target_protocol", protocol},
                     {"target_port", target.is_number() ? target : number}});
  }
  return rules;
}

json DropletIds(const json& nodes) {
  json ids = json::array();
  for (const json& node : Items(nodes)) {
    const std::string provider_id = Text(node, {"spec", "providerID"});
    int64_t id = 0;
    if (absl::SimpleAtoi(provider_id.substr(provider_id.rfind('/') + 1), &id)) {
      ids.push_back(id);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

class ServiceReconciler {
 public:
  ServiceReconciler(const CloudSite& site, const json& service, const json& load_balancers,
                    const json& nodes)
      : site_(site),
        service_(service),
        all_(load_balancers),
        nodes_(nodes),
        path_(NamespacedPath(service, "services")) {}

  absl::Status Reconcile() {
    const bool wanted = Text(service_, {"spec", "type"}) == "LoadBalancer" &&
                        Text(service_, {"spec", "loadBalancerClass"}).empty() &&
                        At(service_, {"metadata", "deletionTimestamp"}).is_null();
    if (wanted) {
      return Ensure();
    }
    return HasFinalizer(service_, kLoadBalancerFinalizer) ? Release() : absl::OkStatus();
  }

 private:
  // The load balancer by the id that was written down, else by its name.
  std::optional<json> Find() const {
    const std::string id = Annotation(service_, kLoadBalancerIdAnnotation);
    const std::string name = NameFor(service_);
    for (const json& load_balancer : Items(all_, {"load_balancers"})) {
      if (Text(load_balancer, {"id"}) == id || Text(load_balancer, {"name"}) == name) {
        return load_balancer;
      }
    }
    return std::nullopt;
  }

  // A disowned load balancer is somebody else's: it is used, but neither changed nor deleted.
  bool Disowned() const {
    return Annotation(service_, "service.kubernetes.io/do-loadbalancer-disown") == "true";
  }

  absl::Status Ensure() {
    // The finalizer first: whatever happens next, the load balancer will not be forgotten.
    if (!HasFinalizer(service_, kLoadBalancerFinalizer)) {
      return AddFinalizer(*site_.kubernetes, path_, service_, kLoadBalancerFinalizer);
    }
    const std::optional<json> found = Find();
    const json request = LoadBalancerRequest(service_, nodes_, site_.cluster);
    if (!found.has_value()) {
      KPROTO_ASSIGN_OR_RETURN(const json made, site_.cloud->Post(kApi, request));
      return Note(Text(made, {"load_balancer", "id"}));
    }
    const std::string id = Text(*found, {"id"});
    if (Annotation(service_, kLoadBalancerIdAnnotation) != id) {
      KPROTO_RETURN_IF_ERROR(Note(id));
    }
    if (Text(*found, {"status"}) == "errored") {
      return absl::InternalError(absl::StrCat("load-balancer ", id, " is in state errored"));
    }
    if (Text(*found, {"status"}) != "active") {
      return absl::OkStatus();  // looked at again by the next pass
    }
    if (!Disowned()) {
      KPROTO_RETURN_IF_ERROR(Update(*found, request));
    }
    return Publish(*found);
  }

  absl::Status Note(const std::string& id) {
    const json patch = {{"metadata", {{"annotations", {{kLoadBalancerIdAnnotation, id}}}}}};
    return site_.kubernetes->MergePatch(path_, patch).status();
  }

  absl::Status Update(const json& load_balancer, const json& request) {
    json droplets = At(load_balancer, {"droplet_ids"});
    if (droplets.is_array()) {
      std::sort(droplets.begin(), droplets.end());
    }
    bool same = droplets == request["droplet_ids"];
    const json& rules = Items(load_balancer, {"forwarding_rules"});
    same = same && rules.size() == request["forwarding_rules"].size();
    for (size_t i = 0; same && i < rules.size(); ++i) {
      for (const auto& [key, value] : request["forwarding_rules"][i].items()) {
        same = same && At(rules[i], {key}) == value;
      }
    }
    if (same) {
      return absl::OkStatus();
    }
    const absl::Status put =
        site_.cloud->Put(absl::StrCat(kApi, "/", Text(load_balancer, {"id"})), request).status();
    // 403: it still processes an earlier action; the next pass tries again.
    return absl::IsPermissionDenied(put) ? absl::OkStatus() : put;
  }

  absl::Status Publish(const json& load_balancer) {
    const std::string hostname = Annotation(service_, absl::StrCat(kPrefix, "hostname"));
    const json ingress =
        json::array({hostname.empty() ? json{{"ip", Text(load_balancer, {"ip"})}, {"ipMode", "VIP"}}
                                      : json{{"hostname", hostname}}});
    if (At(service_, {"status", "loadBalancer", "ingress"}) == ingress) {
      return absl::OkStatus();
    }
    return site_.kubernetes
        ->MergePatch(absl::StrCat(path_, "/status"),
                     {{"status", {{"loadBalancer", {{"ingress", ingress}}}}}})
        .status();
  }

  absl::Status Release() {
    if (const std::optional<json> found = Find(); found.has_value() && !Disowned()) {
      KPROTO_RETURN_IF_ERROR(site_.cloud->Delete(absl::StrCat(kApi, "/", Text(*found, {"id"}))));
    }
    if (At(service_, {"metadata", "deletionTimestamp"}).is_null()) {
      KPROTO_RETURN_IF_ERROR(site_.kubernetes
                                 ->MergePatch(absl::StrCat(path_, "/status"),
                                              {{"status", {{"loadBalancer", nullptr}}}})
                                 .status());
    }
    return RemoveFinalizer(*site_.kubernetes, path_, service_, kLoadBalancerFinalizer);
  }

  const CloudSite& site_;
  const json& service_;
  const json& all_;
  const json& nodes_;
  const std::string path_;
};

bool Concerns(const json& service) {
  return Text(service, {"spec", "type"}) == "LoadBalancer" ||
         HasFinalizer(service, kLoadBalancerFinalizer);
}

}  // namespace

json LoadBalancerRequest(const json& service, const json& nodes, const ClusterSpec& cluster) {
  std::string type = Annotation(service, absl::StrCat(kPrefix, "type"));
  if (type.empty()) {
    type = "REGIONAL_NETWORK";  // the controller's default since v0.1.61
  }
  json request = {{"name", NameFor(service)},
                  {"type", type},
                  {"region", cluster.region},
                  {"vpc_uuid", cluster.vpc_uuid},
                  {"droplet_ids", DropletIds(nodes)},
                  {"forwarding_rules", ForwardingRules(service, type)},
                  {"health_check",
                   {{"protocol", "http"},
                    {"port", 10256},
                    {"path", "/healthz"},
                    {"check_interval_seconds", 3},
                    {"response_timeout_seconds", 5},
                    {"unhealthy_threshold", 3},
                    {"healthy_threshold", 5}}},
                  {"tags", {absl::StrCat("k8s:", cluster.id)}}};
  const std::string network = Annotation(service, absl::StrCat(kPrefix, "network"));
  if (!network.empty()) {
    request["network"] = network;
  }
  int64_t size_unit = 0;
  if (absl::SimpleAtoi(Annotation(service, absl::StrCat(kPrefix, "size-unit")), &size_unit)) {
    request["size_unit"] = size_unit;
  }
  return request;
}

absl::Status ReconcileLoadBalancers(const CloudSite& site) {
  KPROTO_ASSIGN_OR_RETURN(const json services, site.kubernetes->Get("/api/v1/services"));
  const json& items = Items(services);
  if (std::none_of(items.begin(), items.end(), Concerns)) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(const json load_balancers,
                          site.cloud->Get(absl::StrCat(kApi, "?per_page=200")));
  KPROTO_ASSIGN_OR_RETURN(const json nodes, site.kubernetes->Get("/api/v1/nodes"));
  for (const json& service : items) {
    if (!Concerns(service)) {
      continue;
    }
    const absl::Status status = ServiceReconciler(site, service, load_balancers, nodes).Reconcile();
    if (!status.ok() && !absl::IsAborted(status) && !absl::IsUnavailable(status)) {
      Warn(*site.kubernetes, service, "Service", "SyncLoadBalancerFailed",
           absl::StrCat("Error syncing load balancer: failed to ensure load balancer: ",
                        status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace kproto::lab
