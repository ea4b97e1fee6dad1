// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/wiring_parts.h"

namespace kproto::monitoring_stack {

std::string StringOf(const Json* value, std::string otherwise) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : otherwise;
}

bool IsFalse(const Json* value) { return value != nullptr && value->is_boolean() && !*value; }
bool IsTrue(const Json* value) { return value != nullptr && value->is_boolean() && *value; }

Json Placement(const Wiring& wiring) {
  if (wiring.node_pool.empty()) {
    return Json::object();
  }
  return {{"nodeSelector", {{kPoolLabel, wiring.node_pool}}},
          {"tolerations", Json::array({{{"key", kPoolTaint},
                                        {"operator", "Equal"},
                                        {"value", wiring.node_pool},
                                        {"effect", "NoSchedule"}}})}};
}

Json IngressAnnotations(const IngressWanted& ingress) {
  return ingress.cluster_issuer.empty()
             ? Json::object()
             : Json{{"cert-manager.io/cluster-issuer", ingress.cluster_issuer}};
}

}  // namespace kproto::monitoring_stack
