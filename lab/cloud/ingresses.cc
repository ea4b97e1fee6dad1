// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/ingresses.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr char kNetworking[] = "/apis/networking.k8s.io/v1";

// The label app.kubernetes.io/name of a controller's Service, by the name of the controller.
std::string ServiceLabelOf(const std::string& controller) {
  return controller == "nginx.org/ingress-controller" ? "nginx-ingress"
         : controller == "k8s.io/ingress-nginx"       ? "ingress-nginx"
                                                      : "";
}

// Addresses by IngressClass; only classes that somebody serves.
absl::StatusOr<std::map<std::string, json>> AddressesByClass(const CloudSite& site) {
  std::map<std::string, json> by_label, by_class;
  KPROTO_ASSIGN_OR_RETURN(const json services, site.kubernetes->Get("/api/v1/services"));
  for (const json& service : Items(services)) {
    const json& address = At(service, {"status", "loadBalancer", "ingress"});
    if (address.is_array() && !address.empty()) {
      by_label[Text(service, {"metadata", "labels", "app.kubernetes.io/name"})] = address;
    }
  }
  KPROTO_ASSIGN_OR_RETURN(const json classes,
                          site.kubernetes->Get(absl::StrCat(kNetworking, "/ingressclasses")));
  for (const json& one : Items(classes)) {
    const auto found = by_label.find(ServiceLabelOf(Text(one, {"spec", "controller"})));
    if (found != by_label.end() && !found->first.empty()) {
      by_class[Text(one, {"metadata", "name"})] = found->second;
    }
  }
  return by_class;
}

}  // namespace

absl::Status ReconcileIngresses(const CloudSite& site) {
  KPROTO_ASSIGN_OR_RETURN(const json ingresses,
                          site.kubernetes->Get(absl::StrCat(kNetworking, "/ingresses")));
  if (Items(ingresses).empty()) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(const auto addresses, AddressesByClass(site));
  for (const json& ingress : Items(ingresses)) {
    const auto address = addresses.find(Text(ingress, {"spec", "ingressClassName"}));
    if (address == addresses.end()) {
      continue;
    }
    json shown = json::array();
    for (const json& one : address->second) {
      shown.push_back(one.contains("ip") ? json{{"ip", one["ip"]}}
                                         : json{{"hostname", one["hostname"]}});
    }
    if (At(ingress, {"status", "loadBalancer", "ingress"}) != shown) {
      const std::string path =
          absl::StrCat(kNetworking, "/namespaces/", Text(ingress, {"metadata", "namespace"}),
                       "/ingresses/", Text(ingress, {"metadata", "name"}), "/status");
      KPROTO_RETURN_IF_ERROR(
          site.kubernetes->MergePatch(path, {{"status", {{"loadBalancer", {{"ingress", shown}}}}}})
              .status());
    }
  }
  return absl::OkStatus();
}

}  // namespace kproto::lab
