// SPDX-License-Identifier: MPL-2.0
#include "resources/firewall/resource.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/firewall/rules.h"
#include "resources/reading.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const ObjectNames& Names() {
  static const auto& names = *new ObjectNames{"firewall", "firewall", "kproto_firewall"};
  return names;
}

ocean::FirewallSpec SpecOf(const FirewallModel& model) {
  return {model.name.value_or(""), RulesOf(model.inbound_rules), RulesOf(model.outbound_rules),
          Elements(model.droplet_ids), Elements(model.tags)};
}

template <typename T>
bool SameElements(std::vector<T> a, std::vector<T> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

class FirewallStep : public ObjectStep<ocean::Firewall> {
 public:
  explicit FirewallStep(ObjectWork<FirewallModel>& work)
      : ObjectStep(Names(), work.Record()), work_(work) {}

  absl::StatusOr<std::vector<ocean::Firewall>> List(std::stop_token stop) override {
    return work_.api.ListFirewalls(stop);
  }
  absl::StatusOr<std::optional<ocean::Firewall>> Get(const std::string& id,
                                                     std::stop_token stop) override {
    return work_.api.GetFirewall(id, stop);
  }
  absl::StatusOr<ocean::Firewall> Create(std::stop_token stop) override {
    return work_.api.CreateFirewall(SpecOf(work_.wanted), stop);
  }
  absl::Status Delete(const std::string& id, std::stop_token stop) override {
    return work_.api.DeleteFirewall(id, stop);
  }
  std::string WantedName() const override { return work_.wanted.name.value_or(""); }
  bool AsAsked(const ocean::Firewall&) const override { return true; }  // All of it can change.
  Progress ProgressOf(const ocean::Firewall& firewall) const override {
    switch (firewall.state) {
      case ocean::FirewallState::kSucceeded:
        return {Progress::Kind::kReady, firewall.status};
      case ocean::FirewallState::kFailed:
        return {Progress::Kind::kFailed, firewall.status};
      default:
        return {Progress::Kind::kNotYet, firewall.status};
    }
  }
  std::string DifferenceOf(const ocean::Firewall& live) const override {
    const ocean::FirewallSpec wanted = SpecOf(work_.wanted);
    return live.name != wanted.name                                 ? "name"
           : !SameRules(live.inbound_rules, wanted.inbound_rules)   ? "inbound rules"
           : !SameRules(live.outbound_rules, wanted.outbound_rules) ? "outbound rules"
           : !SameElements(live.droplet_ids, wanted.droplet_ids)    ? "Droplets"
           : !SameElements(live.tags, wanted.tags)                  ? "tags"
                                                                    : "";
  }
  absl::StatusOr<ocean::Firewall> Update(const ocean::Firewall& live,
                                         std::stop_token stop) override {
    return work_.api.UpdateFirewall(live.id, SpecOf(work_.wanted), stop);
  }

 private:
  ObjectWork<FirewallModel>& work_;
};

// The ids that a rule's targets name and that nobody has.
template <typename Thing>
void CheckNamed(const std::set<std::string>& named, const absl::StatusOr<std::vector<Thing>>& there,
                const char* attribute, const char* noun, Operation& operation) {
  if (!there.ok()) {
    operation.diagnostics.AddStatus(there.status(), absl::StrCat("Could not list the ", noun, "s"));
    return;
  }
  for (const std::string& id : named) {
    if (std::none_of(there->begin(), there->end(),
                     [&](const Thing& thing) { return thing.id == id; })) {
      operation.diagnostics.AddError(
          absl::StrCat("Unknown ", noun),
          absl::StrCat(attribute, ": there is no ", noun, " with id ", id,
                       ". Check the id, or refer to the resource that makes it."),
          Path("inbound_rules"));
    }
  }
}

}  // namespace

FirewallResource::FirewallResource(Connections& connections)
    : ObjectResource(connections, Names(), {absl::Minutes(10), absl::Minutes(10), absl::Minutes(5)},
                     "A cloud firewall for Droplets and for the nodes of clusters: what may come "
                     "in and go out; everything else may not.") {}

void FirewallResource::ValidateModel(const FirewallModel& config, Diagnostics& diagnostics) {
  CheckRules(config, diagnostics);
}

std::unique_ptr<ObjectStep<ocean::Firewall>> FirewallResource::MakeStep(
    ObjectWork<FirewallModel>& work) {
  return std::make_unique<FirewallStep>(work);
}

void FirewallResource::ReadObject(const ocean::Firewall& live, FirewallModel& state) {
  state.id = live.id;
  state.name = live.name;
  ReadRules(live.inbound_rules, state.inbound_rules);
  ReadRules(live.outbound_rules, state.outbound_rules);
  ReadSet(live.droplet_ids, state.droplet_ids);
  ReadSet(live.tags, state.tags);
  state.status = live.status;
  state.created_at = live.created_at;
}

std::string FirewallResource::IntentKey(const FirewallModel& model) {
  return absl::StrCat("kproto_firewall/", model.name.value_or(""));
}

bool FirewallResource::IsFinished(const FirewallModel& state) {
  return state.status.value_or("") == "succeeded";
}

void FirewallResource::CheckPlan(ocean::DigitalOcean& api, Planning<FirewallModel>& plan) {
  const auto& [prior, config, planned, replace, operation] = plan;
  if (prior != nullptr && prior->inbound_rules == planned.inbound_rules &&
      prior->outbound_rules == planned.outbound_rules) {
    return;
  }
  std::set<std::string> clusters, balancers;
  for (const auto& rules : {RulesOf(planned.inbound_rules), RulesOf(planned.outbound_rules)}) {
    for (const ocean::FirewallRule& rule : rules) {
      clusters.insert(rule.target.kubernetes_ids.begin(), rule.target.kubernetes_ids.end());
      balancers.insert(rule.target.load_balancer_uids.begin(),
                       rule.target.load_balancer_uids.end());
    }
  }
  if (!clusters.empty()) {
    CheckNamed(clusters, api.ListClusters(operation.request.stop), "kubernetes_ids",
               "Kubernetes cluster", operation);
  }
  if (!balancers.empty()) {
    CheckNamed(balancers, api.ListLoadBalancers(operation.request.stop), "load_balancer_uids",
               "load balancer", operation);
  }
}

}  // namespace kproto
