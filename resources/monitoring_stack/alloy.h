// SPDX-License-Identifier: MPL-2.0
// Grafana Alloy's configuration (https://grafana.com/docs/alloy/latest/reference/components/): the
// containers of each node to Loki, under the labels that Promtail's chart gives them, so that
// queries and dashboards go on, and from where Promtail stopped reading. Pure.
#pragma once

#include <string>

namespace kproto::monitoring_stack {

// On every node: where Alloy keeps how far it has read, and where Promtail did.
inline constexpr char kAlloyDir[] = "/var/lib/alloy";
inline constexpr char kPromtailDir[] = "/run/promtail";

std::string AlloyConfig(const std::string& push_url);

}  // namespace kproto::monitoring_stack
