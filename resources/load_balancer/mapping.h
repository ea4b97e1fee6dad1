// SPDX-License-Identifier: MPL-2.0
// Between the model of a kproto_load_balancer and DigitalOcean's objects: what to ask for, and how
// what came back reads. Keeps the user's spelling (null stays null where the API says empty). Pure.
#pragma once

#include <string>

#include "clients/digitalocean/load_balancer_types.h"
#include "resources/load_balancer/model.h"

namespace kproto {

// `live` with everything that the model says: what a PUT has to send so that nothing falls back to
// its default, and what a POST has to send when `live` is empty. Equal to `live` when there is
// nothing to change.
digitalocean::LoadBalancer WantedBalancer(const LoadBalancerModel& model,
                                          const digitalocean::LoadBalancer& live);

// Writes what the API says into the model; `state` supplies the user's spelling. What belongs to a
// Service (disown = false) stays as the state has it.
void ReadBalancer(const digitalocean::LoadBalancer& live, LoadBalancerModel& state);

// Whether a Service's cloud controller sets its rules, health check and Droplets.
bool BelongsToService(const LoadBalancerModel& model);

std::string BalancerUrn(const std::string& id);

}  // namespace kproto
