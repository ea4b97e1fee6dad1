// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/isolation.h"

#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using Json = nlohmann::json;

constexpr int kGrafanaPort = 3000;  // of the pods, as the chart has it

Json Policy(const char* name, const std::string& ns, const Json& pods, const Json& ingress) {
  return {
      {"apiVersion", "networking.k8s.io/v1"},
      {"kind", "NetworkPolicy"},
      {"metadata", {{"name", name}, {"namespace", ns}}},
      {"spec",
       {{"podSelector", pods}, {"policyTypes", Json::array({"Ingress"})}, {"ingress", ingress}}}};
}

Json Namespace(const std::string& name) {
  return {{"namespaceSelector", {{"matchLabels", {{"kubernetes.io/metadata.name", name}}}}}};
}

bool IsOf(const Json& object, const char* kind) {
  return kubernetes::StringAt(object, "/kind") == kind;
}

}  // namespace

IsolationWanted IsolationOf(const Attr<bool>& network_policies,
                            const Attr<MapOf<std::string>>& resource_quota, bool grafana_public) {
  IsolationWanted wanted;
  wanted.network_policies = network_policies.value_or(false);
  wanted.grafana_public = grafana_public;
  if (resource_quota.is_known()) {
    for (const auto& [resource, amount] : *resource_quota) {
      wanted.quota[resource] = amount.value_or("");
    }
  }
  return wanted;
}

Attr<bool> NetworkPoliciesFrom(const std::vector<Json>& objects) {
  for (const Json& object : objects) {
    if (IsOf(object, "NetworkPolicy")) {
      return true;
    }
  }
  return {};
}

Attr<MapOf<std::string>> ResourceQuotaFrom(const std::vector<Json>& objects) {
  for (const Json& object : objects) {
    if (IsOf(object, "ResourceQuota")) {
      const auto hard = kubernetes::StringMapAt(object, "/spec/hard");
      return MapOf<std::string>(hard.begin(), hard.end());
    }
  }
  return {};
}

std::vector<Json> IsolationObjects(const IsolationWanted& wanted, const std::string& ns,
                                   const std::string& argocd_ns) {
  std::vector<Json> objects;
  if (wanted.network_policies) {
    const Json within = {{"from", Json::array({Namespace(ns), Namespace(argocd_ns)})}};
    objects.push_back(Policy("kproto-within-the-stack", ns, Json::object(), Json::array({within})));
    if (wanted.grafana_public) {
      const Json anybody = {
          {"ports", Json::array({{{"port", kGrafanaPort}, {"protocol", "TCP"}}})}};
      objects.push_back(Policy("kproto-grafana", ns,
                               {{"matchLabels", {{"app.kubernetes.io/name", "grafana"}}}},
                               Json::array({anybody})));
    }
  }
  if (wanted.network_policies && !wanted.controller.empty()) {
    objects.push_back(Policy("kproto-ingress", ns,
                             {{"matchLabels", {{"app.kubernetes.io/name", wanted.controller}}}},
                             Json::array({Json::object()})));
  }
  if (!wanted.quota.empty()) {
    objects.push_back({{"apiVersion", "v1"},
                       {"kind", "ResourceQuota"},
                       {"metadata", {{"name", "kproto"}, {"namespace", ns}}},
                       {"spec", {{"hard", wanted.quota}}}});
  }
  return objects;
}

}  // namespace kproto::monitoring_stack
