// SPDX-License-Identifier: MPL-2.0
// The one step of a kproto_load_balancer: looks by id, or by the mark of the journal's intent when
// no id is known yet; makes, changes and removes it, and waits each time until it is done. Source:
// /v2/load_balancers.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "clients/digitalocean/digitalocean.h"
#include "provider/reconcile/step.h"
#include "resources/creation.h"
#include "resources/load_balancer/model.h"

namespace kproto {

struct BalancerWork {
  digitalocean::DigitalOcean& api;
  const LoadBalancerModel wanted;    // as planned, or as stored when destroying
  LoadBalancerModel& state;          // the id is written at once
  std::optional<Creation> creation;  // only while creating
  bool validated = false;            // the plan has made the dry run
  std::optional<digitalocean::LoadBalancer> live;
};

// `work` outlives it.
std::unique_ptr<Step> MakeBalancerStep(BalancerWork& work);

// A dry run (validate_only), as a create or as a change of `live`. Changes nothing. InvalidArgument
// says what DigitalOcean would refuse and which attribute it means.
absl::Status DryRun(digitalocean::DigitalOcean& api, const LoadBalancerModel& wanted,
                    const std::optional<digitalocean::LoadBalancer>& live, std::stop_token stop);

// How long to wait between two looks at a load balancer.
inline constexpr absl::Duration kBalancerPollInterval = absl::Seconds(5);
// What the journal calls its id.
inline constexpr char kBalancerFact[] = "load_balancer_id";

}  // namespace kproto
