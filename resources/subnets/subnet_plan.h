// SPDX-License-Identifier: MPL-2.0
// Function subnet_plan: networks for a cluster's nodes (its VPC), pods and Services that overlap
// neither one another nor what is taken. Pure and deterministic: the same arguments always give the
// same plan, so it can stand in a configuration for ever. What is reserved is said in
// https://docs.digitalocean.com/products/networking/vpc/concepts/plan-your-network/
#pragma once

#include <memory>

#include "provider/runtime/any.h"

namespace kproto {

std::unique_ptr<AnyFunction> MakeSubnetPlan();

}  // namespace kproto
