// SPDX-License-Identifier: MPL-2.0
// Planning a kproto_load_balancer: what an adopted one cannot become, and a dry run at DigitalOcean
// when everything is known. Reads only: validate_only changes nothing.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "resources/load_balancer/annotations.h"
#include "resources/load_balancer/mapping.h"
#include "resources/load_balancer/refusals.h"
#include "resources/load_balancer/resource.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// Whether all that would be sent is known.
bool IsWhole(const LoadBalancerModel& config) {
  return LoadBalancerModel::Fields().Encode(config).is_wholly_known();
}

void CannotBecome(const char* attribute, const Attr<std::string>& wanted, const std::string& live,
                  Diagnostics& diagnostics) {
  if (wanted.is_known() && *wanted != live) {
    diagnostics.AddError(
        "The adopted load balancer is another",
        absl::StrCat(attribute, ": the load balancer of adopt_id has \"", live, "\", not \"",
                     *wanted, "\", and that can never change. Write what it has, or adopt none."),
        Path(attribute));
  }
}

// A load balancer that a Service made is named after the Service, and tagged with its cluster.
void WarnOfController(const ocean::LoadBalancer& live, Diagnostics& diagnostics) {
  for (const std::string& tag : live.tags) {
    if (absl::StartsWith(tag, "k8s:")) {
      diagnostics.AddWarning(
          "A Service's load balancer is adopted",
          absl::StrCat("Load balancer ", live.name, " belongs to cluster ", tag.substr(4),
                       ". Its Service must have the annotation "
                       "service.kubernetes.io/do-loadbalancer-disown = \"true\", or the cluster's "
                       "controller changes it back."),
          Path("adopt_id"));
      return;
    }
  }
}

// What stays as it is: an adopted one keeps its place.
void PlanAdoption(const ocean::LoadBalancer& live, LoadBalancerModel& planned,
                  Diagnostics& diagnostics) {
  CannotBecome("type", planned.type, live.type, diagnostics);
  CannotBecome("region", planned.region, live.region, diagnostics);
  CannotBecome("vpc_uuid", planned.vpc_uuid, live.vpc_uuid, diagnostics);
  CannotBecome("subnet_uuid", planned.subnet_uuid, live.subnet_uuid, diagnostics);
  CannotBecome("network", planned.network, live.network, diagnostics);
  CannotBecome("network_stack", planned.network_stack, live.network_stack, diagnostics);
  CannotBecome("ip", planned.ip, live.ip, diagnostics);
  WarnOfController(live, diagnostics);
  planned.id = live.id;
}

// The one that exists already: by its state, or by adoption. Not there is an error of adoption
// only.
absl::StatusOr<std::optional<ocean::LoadBalancer>> FindLive(ocean::DigitalOcean& api,
                                                            const LoadBalancerModel* prior,
                                                            const LoadBalancerModel& planned,
                                                            std::stop_token stop) {
  if (prior != nullptr && prior->id.is_known()) {
    return api.GetLoadBalancer(*prior->id, stop);
  }
  if (!planned.adopt_id.is_known()) {
    return std::nullopt;
  }
  const auto live = api.GetLoadBalancer(*planned.adopt_id, stop);
  if (live.ok() && !*live) {
    return WithPath(
        absl::NotFoundError(absl::StrCat("there is no load balancer with id ", *planned.adopt_id)),
        Path("adopt_id"));
  }
  return live;
}

// A dry run (validate_only), as a create or as a change of `live`. Changes nothing. InvalidArgument
// says what DigitalOcean would refuse and which attribute it means.
absl::Status DryRun(ocean::DigitalOcean& api, const LoadBalancerModel& wanted,
                    const std::optional<ocean::LoadBalancer>& live, std::stop_token stop) {
  const std::optional<std::string> id = live ? std::optional(live->id) : std::nullopt;
  const absl::Status status = api.ValidateLoadBalancer(
      id, WantedBalancer(wanted, live.value_or(ocean::LoadBalancer())), stop);
  return absl::IsInvalidArgument(status) ? WithPath(status, BlamedPath(status)) : status;
}

}  // namespace

void LoadBalancerResource::ModifyPlan(const LoadBalancerModel* prior,
                                      const LoadBalancerModel& config, LoadBalancerModel& planned,
                                      std::vector<Path>& replace, Operation& operation) {
  ObjectResource::ModifyPlan(prior, config, planned, replace, operation);
  if (planned.service_annotations.is_unknown()) {
    planned.service_annotations = ServiceAnnotations(planned);
  }
}

void LoadBalancerResource::CheckPlan(ocean::DigitalOcean& api, Planning<LoadBalancerModel>& plan) {
  LoadBalancerModel& planned = plan.planned;
  const std::stop_token stop = plan.operation.request.stop;
  const LoadBalancerModel* kept = plan.replace.empty() ? plan.prior : nullptr;
  if (kept != nullptr &&
      LoadBalancerModel::Fields().Encode(planned) == LoadBalancerModel::Fields().Encode(*kept)) {
    return;
  }
  if (planned.status.is_known() && *planned.status != "active") {
    planned.status = Attr<std::string>::Unknown();  // An apply ends with an active one.
  }
  const auto live = FindLive(api, kept, planned, stop);
  if (!live.ok()) {
    plan.operation.diagnostics.AddStatus(live.status(), "Could not look up the load balancer");
    return;
  }
  if (*live && kept == nullptr) {
    PlanAdoption(**live, planned, plan.operation.diagnostics);
  }
  if (!plan.replace.empty() || !IsWhole(plan.config)) {
    return;  // A replacement is planned again as a create; what is not known yet is not guessed.
  }
  const absl::Status checked = DryRun(api, planned, *live, stop);
  if (!IsBusyBalancer(checked)) {
    plan.operation.diagnostics.AddStatus(
        checked, absl::IsInvalidArgument(checked) ? "DigitalOcean would refuse the load balancer"
                                                  : "Could not have DigitalOcean validate it");
  }
}

}  // namespace kproto
