// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc_peering/resource.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/networks.h"
#include "resources/reading.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const ObjectNames& Names() {
  static const auto& names = *new ObjectNames{"vpc_peering", "VPC peering", "kproto_vpc_peering"};
  return names;
}

class VpcPeeringStep : public ObjectStep<ocean::VpcPeering> {
 public:
  explicit VpcPeeringStep(ObjectWork<VpcPeeringModel>& work)
      : ObjectStep(Names(), work.Record()), work_(work) {}

  absl::StatusOr<std::vector<ocean::VpcPeering>> List(std::stop_token stop) override {
    return work_.api.ListVpcPeerings(stop);
  }
  absl::StatusOr<std::optional<ocean::VpcPeering>> Get(const std::string& id,
                                                       std::stop_token stop) override {
    return work_.api.GetVpcPeering(id, stop);
  }
  absl::StatusOr<ocean::VpcPeering> Create(std::stop_token stop) override {
    return work_.api.CreateVpcPeering({WantedName(), Elements(work_.wanted.vpc_ids)}, stop);
  }
  absl::Status Delete(const std::string& id, std::stop_token stop) override {
    return work_.api.DeleteVpcPeering(id, stop);
  }
  std::string WantedName() const override { return work_.wanted.name.value_or(""); }
  bool AsAsked(const ocean::VpcPeering& peering) const override {
    std::vector<std::string> joined = peering.vpc_ids;
    std::sort(joined.begin(), joined.end());
    return joined == Elements(work_.wanted.vpc_ids);
  }
  Progress ProgressOf(const ocean::VpcPeering& peering) const override {
    switch (peering.state) {
      case ocean::PeeringState::kActive:
        return {Progress::Kind::kReady, peering.status};
      case ocean::PeeringState::kError:
        return {Progress::Kind::kFailed, peering.status};
      case ocean::PeeringState::kDeleting:
        return {Progress::Kind::kGoing, peering.status};
      default:
        return {Progress::Kind::kNotYet, peering.status};
    }
  }
  std::string DifferenceOf(const ocean::VpcPeering& live) const override {
    return live.name == WantedName() ? "" : absl::StrCat("name ", live.name, " -> ", WantedName());
  }
  absl::StatusOr<ocean::VpcPeering> Update(const ocean::VpcPeering& live,
                                           std::stop_token stop) override {
    return work_.api.RenameVpcPeering(live.id, WantedName(), stop);
  }

 private:
  ObjectWork<VpcPeeringModel>& work_;
};

}  // namespace

VpcPeeringResource::VpcPeeringResource(Connections& connections)
    : ObjectResource(connections, Names(),
                     {absl::Minutes(10), absl::Minutes(10), absl::Minutes(10)},
                     "Joins two VPCs, of one or of two regions, so that what is in them can talk "
                     "over private addresses.") {}

std::unique_ptr<ObjectStep<ocean::VpcPeering>> VpcPeeringResource::MakeStep(
    ObjectWork<VpcPeeringModel>& work) {
  return std::make_unique<VpcPeeringStep>(work);
}

void VpcPeeringResource::ReadObject(const ocean::VpcPeering& live, VpcPeeringModel& state) {
  state.id = live.id;
  state.name = live.name;
  ReadSet(live.vpc_ids, state.vpc_ids);
  state.status = live.status;
  state.created_at = live.created_at;
}

std::string VpcPeeringResource::IntentKey(const VpcPeeringModel& model) {
  return absl::StrCat("kproto_vpc_peering/", model.name.value_or(""), "/",
                      absl::StrJoin(Elements(model.vpc_ids), "+"));
}

bool VpcPeeringResource::IsFinished(const VpcPeeringModel& state) {
  return state.status.value_or("") == "ACTIVE";
}

void VpcPeeringResource::CheckPlan(ocean::DigitalOcean& api, Planning<VpcPeeringModel>& plan) {
  const auto& [prior, config, planned, replace, operation] = plan;
  const std::vector<std::string> ids = Elements(planned.vpc_ids);
  if (ids.empty() || (prior != nullptr && prior->vpc_ids == planned.vpc_ids)) {
    return;
  }
  const auto vpcs = api.ListVpcs(operation.request.stop);
  if (!vpcs.ok()) {
    operation.diagnostics.AddStatus(vpcs.status(), "Could not list the account's VPCs");
    return;
  }
  std::vector<ocean::Vpc> joined;
  for (const std::string& id : ids) {
    const auto vpc = std::find_if(vpcs->begin(), vpcs->end(),
                                  [&](const ocean::Vpc& each) { return each.id == id; });
    if (vpc == vpcs->end()) {
      operation.diagnostics.AddError("Unknown VPC",
                                     absl::StrCat("vpc_ids: there is no VPC with id ", id, "."),
                                     Path("vpc_ids"));
    } else {
      joined.push_back(*vpc);
    }
  }
  if (joined.size() == 2 && NetworksOverlap(joined[0].ip_range, joined[1].ip_range)) {
    operation.diagnostics.AddError(
        "Overlapping networks",
        absl::StrCat("vpc_ids: VPCs \"", joined[0].name, "\" (", joined[0].ip_range, ") and \"",
                     joined[1].name, "\" (", joined[1].ip_range,
                     ") overlap and cannot be joined. Make one of them with another ip_range."),
        Path("vpc_ids"));
  }
}

}  // namespace kproto
