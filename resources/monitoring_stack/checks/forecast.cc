// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/forecast.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/prices.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

constexpr int64_t kGib = int64_t{1} << 30;

std::vector<Rendered> LoadBalancersOf(const RenderedStack& stack) {
  std::vector<Rendered> services = ObjectsOf(stack, "Service");
  std::erase_if(services, [](const Rendered& service) {
    return kubernetes::StringAt(*service.object, "/spec/type") != "LoadBalancer";
  });
  return services;
}

// What the Service's annotations make of its load balancer. The type is that of DigitalOcean's
// cloud controller since v0.1.61 unless they say another.
double MonthlyOf(const Json& service) {
  const auto annotations = kubernetes::StringMapAt(service, "/metadata/annotations");
  const auto said = [&](const char* name) {
    const auto found =
        annotations.find(absl::StrCat("service.beta.kubernetes.io/do-loadbalancer-", name));
    return found == annotations.end() ? std::string() : found->second;
  };
  const std::string type = said("type");
  int64_t units;
  if (!absl::SimpleAtoi(said("size-unit"), &units)) {
    units = 1;
  }
  return LoadBalancerMonthly(type.empty() ? "REGIONAL_NETWORK" : type, units);
}

}  // namespace

std::optional<Forecast> ForecastOf(const RenderedStack& stack) {
  if (std::any_of(stack.components.begin(), stack.components.end(), [](const auto& component) {
        return !component.fetched.ok() || !component.rendered.ok();
      })) {
    return std::nullopt;
  }
  Forecast forecast;
  double cost = 0;
  for (const Rendered& service : LoadBalancersOf(stack)) {
    ++forecast.load_balancers;
    cost += MonthlyOf(*service.object);
  }
  for (const Claim& claim : ClaimsOf(stack)) {
    forecast.volumes += claim.count;
    forecast.volume_gib += claim.count * ((claim.bytes + kGib - 1) / kGib);
  }
  cost += kVolumeGibMonthly * static_cast<double>(forecast.volume_gib);
  if (stack.on_digitalocean) {
    forecast.monthly_cost = std::round(cost * 100) / 100;
  }
  return forecast;
}

// Rule load_balancers: each is a bill of its own, and a chart makes one by a single word.
void CheckLoadBalancers(const RenderedStack& stack, Findings& findings) {
  if (!stack.planned.max_load_balancers.is_known()) {
    return;
  }
  const int64_t most = *stack.planned.max_load_balancers;
  const std::vector<Rendered> found = LoadBalancersOf(stack);
  if (static_cast<int64_t>(found.size()) <= most) {
    return;
  }
  Finding finding;
  finding.attribute = Path("max_load_balancers");
  finding.summary = absl::StrCat("The stack asks for ", found.size(), " load balancer",
                                 found.size() == 1 ? "" : "s", ", and ", most, " may be made");
  finding.cause = absl::StrCat(
      "Services of the type LoadBalancer: ",
      absl::StrJoin(found, ", ",
                    [](std::string* out, const Rendered& service) {
                      absl::StrAppend(out, service.component->name, ": ", service.name);
                    }),
      ". Each is $", kRegionalBalancerNodeMonthly, " a month and more ", "at DigitalOcean.");
  finding.cure =
      "Set service.type to ClusterIP for what need not be reached from outside, or raise "
      "max_load_balancers.";
  findings.push_back(std::move(finding));
}

}  // namespace kproto::monitoring_stack
