// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/resource.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/load_balancer/checks.h"
#include "resources/load_balancer/mapping.h"
#include "resources/load_balancer/refusals.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const ObjectNames& Names() {
  static const auto& names =
      *new ObjectNames{"load_balancer", "load balancer", "kproto_load_balancer"};
  return names;
}

// Source: /v2/load_balancers.
class BalancerStep : public ObjectStep<ocean::LoadBalancer> {
 public:
  explicit BalancerStep(ObjectWork<LoadBalancerModel>& work)
      : ObjectStep(Names(), work.Record()), work_(work) {}

  absl::Status Observe(const StepContext& context) override {
    if (!IsAdopted() || !record().intent) {
      return ObjectStep::Observe(context);
    }
    const std::string& id = *work_.wanted.adopt_id;
    KPROTO_ASSIGN_OR_RETURN(auto there, work_.api.GetLoadBalancer(id, context.stop));
    if (!there) {
      return WithPath(absl::NotFoundError(absl::StrCat("there is no load balancer with id ", id)),
                      Path("adopt_id"));
    }
    return Found(*std::move(there));
  }
  absl::Status Remove(const StepContext& context) override {
    if (!IsAdopted()) {
      return ObjectStep::Remove(context);
    }
    Log(LogLevel::kInfo, "adopted load balancer is left as it is",
        {{"load_balancer", *work_.wanted.adopt_id}});
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<ocean::LoadBalancer>> List(std::stop_token stop) override {
    return work_.api.ListLoadBalancers(stop);
  }
  absl::StatusOr<std::optional<ocean::LoadBalancer>> Get(const std::string& id,
                                                         std::stop_token stop) override {
    return work_.api.GetLoadBalancer(id, stop);
  }
  absl::StatusOr<ocean::LoadBalancer> Create(std::stop_token stop) override {
    ocean::LoadBalancer asked = WantedBalancer(work_.wanted, {});
    asked.tags = {record().Mark()};
    auto made = work_.api.CreateLoadBalancer(asked, stop);
    return made.ok() ? made : WithPath(made.status(), BlamedPath(made.status()));
  }
  absl::Status Delete(const std::string& id, std::stop_token stop) override {
    return work_.api.DeleteLoadBalancer(id, stop);
  }
  std::string WantedName() const override { return work_.wanted.name.value_or(""); }
  bool NamesAreUnique() const override { return false; }
  bool IsMarked(const ocean::LoadBalancer& balancer) const override {
    return std::count(balancer.tags.begin(), balancer.tags.end(), record().Mark()) != 0;
  }
  bool AsAsked(const ocean::LoadBalancer&) const override { return true; }  // The mark says so.
  Progress ProgressOf(const ocean::LoadBalancer& balancer) const override {
    switch (balancer.state) {
      case ocean::LoadBalancerState::kActive:
        return {Progress::Kind::kReady, balancer.state_text};
      case ocean::LoadBalancerState::kErrored:
        return {Progress::Kind::kFailed, balancer.state_text};
      default:
        return {Progress::Kind::kNotYet, balancer.state_text};
    }
  }
  std::string DifferenceOf(const ocean::LoadBalancer& live) const override {
    return WantedBalancer(work_.wanted, live) == live ? "" : "settings";
  }
  absl::StatusOr<ocean::LoadBalancer> Update(const ocean::LoadBalancer& live,
                                             std::stop_token stop) override {
    return work_.api.UpdateLoadBalancer(live.id, WantedBalancer(work_.wanted, live), stop);
  }
  bool IsBusy(const absl::Status& refusal) const override { return IsBusyBalancer(refusal); }

 private:
  bool IsAdopted() const { return work_.wanted.adopt_id.is_known(); }

  ObjectWork<LoadBalancerModel>& work_;
};

}  // namespace

LoadBalancerResource::LoadBalancerResource(Connections& connections)
    : ObjectResource(
          connections, Names(), {absl::Minutes(15), absl::Minutes(15), absl::Minutes(15)},
          "A DigitalOcean load balancer: regional, network or global. For what a Kubernetes "
          "Service cannot say of the one it gets; `service_annotations` lets a Service use "
          "it.") {}

void LoadBalancerResource::ValidateModel(const LoadBalancerModel& config,
                                         Diagnostics& diagnostics) {
  CheckBalancer(config, diagnostics);
}

std::unique_ptr<ObjectStep<ocean::LoadBalancer>> LoadBalancerResource::MakeStep(
    ObjectWork<LoadBalancerModel>& work) {
  return std::make_unique<BalancerStep>(work);
}

void LoadBalancerResource::ReadObject(const ocean::LoadBalancer& live, LoadBalancerModel& state) {
  ReadBalancer(live, state);
}

// With everything that can never be changed.
std::string LoadBalancerResource::IntentKey(const LoadBalancerModel& model) {
  return absl::StrJoin(
      {std::string("kproto_load_balancer"), model.name.value_or(""),
       model.region.value_or("global"), model.type.value_or(""), model.vpc_uuid.value_or(""),
       model.subnet_uuid.value_or(""), model.network.value_or(""), model.network_stack.value_or(""),
       model.ip.value_or(""), model.adopt_id.value_or("")},
      "/");
}

bool LoadBalancerResource::IsFinished(const LoadBalancerModel& state) {
  return state.status.value_or("") == "active";
}

void LoadBalancerResource::Warn(const ocean::LoadBalancer& live, Diagnostics& diagnostics) {
  for (const ocean::LoadBalancerDomain& domain : live.domains) {
    std::vector<std::string> reasons = domain.verification_error_reasons;
    reasons.insert(reasons.end(), domain.ssl_validation_error_reasons.begin(),
                   domain.ssl_validation_error_reasons.end());
    for (const std::string& reason : reasons) {
      diagnostics.AddWarning(absl::StrCat("Domain ", domain.name, " does not work"), reason,
                             Path("domains").Key(domain.name));
    }
  }
}

}  // namespace kproto
