// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_load_balancers.h"

#include "absl/strings/str_cat.h"

namespace kproto::testing {
namespace {

// What DigitalOcean makes of what is not said.
api::LoadBalancer WithDefaults(api::LoadBalancer settings) {
  const auto otherwise = [](std::string& text, const char* fallback) {
    text = text.empty() ? fallback : text;
  };
  otherwise(settings.type, "REGIONAL");
  otherwise(settings.tls_cipher_policy, "DEFAULT");
  otherwise(settings.sticky_sessions.type, "none");
  if (settings.http_idle_timeout_seconds == 0) {
    settings.http_idle_timeout_seconds = 60;
  }
  if (!settings.health_check) {
    settings.health_check = api::HealthCheck{.protocol = "tcp", .port = 80};
  }
  api::HealthCheck& check = *settings.health_check;
  const auto number = [](int64_t& value, int64_t fallback) {
    value = value == 0 ? fallback : value;
  };
  number(check.check_interval_seconds, 10);
  number(check.response_timeout_seconds, 5);
  number(check.healthy_threshold, 5);
  number(check.unhealthy_threshold, 3);
  return settings;
}

absl::Status WhyNot(const api::LoadBalancer& spec) {
  if (spec.type == "GLOBAL" ? !spec.glb_settings : spec.forwarding_rules.empty()) {
    return Refused(spec.type == "GLOBAL" ? "glb_settings can't be blank"
                                         : "forwarding_rules can't be blank");
  }
  for (const api::ForwardingRule& rule : spec.forwarding_rules) {
    if (rule.certificate_id == "unknown") {
      return Refused("certificate unknown was not found");
    }
  }
  return absl::OkStatus();
}

}  // namespace

void FakeLoadBalancers::Poll(api::LoadBalancer& balancer) {
  if (balancer.state != api::LoadBalancerState::kNew ||
      !Looked(balancer.id, cloud_.polls_until_active)) {
    return;
  }
  const bool good = cloud_.provisioning_error.empty();
  balancer.state = good ? api::LoadBalancerState::kActive : api::LoadBalancerState::kErrored;
  balancer.state_text = good ? "active" : "errored";
  if (good && balancer.ip.empty()) {
    balancer.ip = "203.0.113.7";
  }
  if (good && balancer.network_stack == "DUALSTACK") {
    balancer.ipv6 = "2001:db8::7";
  }
}

// Droplets with the tag, and the project, are shown as DigitalOcean shows them.
void FakeLoadBalancers::Assign(const api::LoadBalancer& balancer) {
  for (auto& [project, urns] : cloud_.project_urns) {
    std::erase(urns, absl::StrCat("do:loadbalancer:", balancer.id));
  }
  cloud_.project_urns[balancer.project_id].push_back(absl::StrCat("do:loadbalancer:", balancer.id));
}

absl::StatusOr<std::vector<api::LoadBalancer>> FakeLoadBalancers::ListLoadBalancers(
    std::stop_token stop) {
  return Do("ListLoadBalancers", "", stop, [&]() -> absl::StatusOr<std::vector<api::LoadBalancer>> {
    return Values(cloud_.load_balancers);
  });
}

absl::StatusOr<std::optional<api::LoadBalancer>> FakeLoadBalancers::GetLoadBalancer(
    const std::string& id, std::stop_token stop) {
  return Do("GetLoadBalancer", id, stop, [&]() -> absl::StatusOr<std::optional<api::LoadBalancer>> {
    if (const auto found = cloud_.load_balancers.find(id); found != cloud_.load_balancers.end()) {
      Poll(found->second);
    }
    return Lookup(cloud_.load_balancers, id);
  });
}

absl::StatusOr<api::LoadBalancer> FakeLoadBalancers::CreateLoadBalancer(
    const api::LoadBalancer& spec, std::stop_token stop) {
  return Do("CreateLoadBalancer", spec.name, stop, [&]() -> absl::StatusOr<api::LoadBalancer> {
    if (const absl::Status refused = WhyNot(spec); !refused.ok()) {
      return refused;
    }
    api::LoadBalancer balancer = WithDefaults(spec);
    balancer.id = NewId();
    balancer.network = spec.network.empty() ? "EXTERNAL" : spec.network;
    balancer.network_stack = spec.network_stack.empty() ? "IPV4" : spec.network_stack;
    for (const auto& [id, vpc] : cloud_.vpcs) {
      if (balancer.vpc_uuid.empty() && vpc.is_default && vpc.region == spec.region) {
        balancer.vpc_uuid = id;
      }
    }
    for (const auto& [id, project] : cloud_.projects) {
      if (spec.project_id.empty() && project.is_default) {
        balancer.project_id = id;
      }
    }
    balancer.state = api::LoadBalancerState::kNew;
    balancer.state_text = "new";
    balancer.created_at = kFakeNow;
    Assign(balancer);
    return cloud_.load_balancers[balancer.id] = balancer;
  });
}

absl::StatusOr<api::LoadBalancer> FakeLoadBalancers::UpdateLoadBalancer(
    const std::string& id, const api::LoadBalancer& spec, std::stop_token stop) {
  return Do("UpdateLoadBalancer", id, stop, [&]() -> absl::StatusOr<api::LoadBalancer> {
    const auto found = cloud_.load_balancers.find(id);
    if (found == cloud_.load_balancers.end()) {
      return Missing("load balancer");
    }
    if (busy_.erase(id) != 0 || found->second.state == api::LoadBalancerState::kNew) {
      return absl::UnavailableError(
          "Load Balancer can't be updated while it processes previous actions (forbidden, HTTP "
          "403, request fake)");
    }
    if (const absl::Status refused = WhyNot(spec); !refused.ok()) {
      return refused;
    }
    // What a PUT cannot change stays; everything else is as the request says.
    const api::LoadBalancer before = found->second;
    api::LoadBalancer& balancer = found->second = WithDefaults(spec);
    balancer.id = before.id;
    balancer.state = before.state;
    balancer.state_text = before.state_text;
    balancer.type = before.type;
    balancer.network = before.network;
    balancer.network_stack = before.network_stack;
    balancer.region = before.region;
    balancer.vpc_uuid = before.vpc_uuid;
    balancer.ip = before.ip;
    balancer.ipv6 = before.ipv6;
    balancer.created_at = before.created_at;
    if (spec.project_id.empty()) {
      balancer.project_id = before.project_id;
    }
    Assign(balancer);
    busy_.insert(id);
    return balancer;
  });
}

absl::Status FakeLoadBalancers::ValidateLoadBalancer(const std::optional<std::string>& id,
                                                     const api::LoadBalancer& spec,
                                                     std::stop_token stop) {
  return Do("ValidateLoadBalancer", id.value_or(spec.name), stop,
            [&]() -> absl::Status { return WhyNot(spec); });
}

absl::Status FakeLoadBalancers::DeleteLoadBalancer(const std::string& id, std::stop_token stop) {
  return Do("DeleteLoadBalancer", id, stop, [&]() -> absl::Status {
    for (auto& [project, urns] : cloud_.project_urns) {
      std::erase(urns, absl::StrCat("do:loadbalancer:", id));
    }
    cloud_.load_balancers.erase(id);
    return absl::OkStatus();
  });
}

}  // namespace kproto::testing
