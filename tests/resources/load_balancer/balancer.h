// SPDX-License-Identifier: MPL-2.0
// A good configuration of a kproto_load_balancer, for the tests to spoil.
#pragma once

#include "resources/load_balancer/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {

using BalancerHost = ResourceHost<LoadBalancerResource, LoadBalancerModel>;

inline BalancerRule Rule(const std::string& protocol, int64_t port, int64_t target) {
  BalancerRule rule;
  rule.entry_protocol = rule.target_protocol = protocol;
  rule.entry_port = port;
  rule.target_port = target;
  return rule;
}

inline LoadBalancerModel Web() {
  LoadBalancerModel model;
  model.name = "web";
  model.region = "nyc3";
  model.forwarding_rules = SetOf<BalancerRule>{{Rule("http", 80, 30080)}};
  return model;
}

inline LoadBalancerModel Global() {
  LoadBalancerModel model;
  model.name = "everywhere";
  model.type = "GLOBAL";
  BalancerGlbSettings settings;
  settings.target_protocol = "http";
  settings.target_port = 80;
  model.glb_settings = settings;
  return model;
}

}  // namespace kproto::testing
