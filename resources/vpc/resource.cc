// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc/resource.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/networks.h"
#include "resources/reading.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const ObjectNames& Names() {
  static const auto& names = *new ObjectNames{"vpc", "VPC", "kproto_vpc"};
  return names;
}

class VpcStep : public ObjectStep<ocean::Vpc> {
 public:
  explicit VpcStep(ObjectWork<VpcModel>& work) : ObjectStep(Names(), work.Record()), work_(work) {}

  absl::StatusOr<std::vector<ocean::Vpc>> List(std::stop_token stop) override {
    return work_.api.ListVpcs(stop);
  }
  absl::StatusOr<std::optional<ocean::Vpc>> Get(const std::string& id,
                                                std::stop_token stop) override {
    return work_.api.GetVpc(id, stop);
  }
  absl::StatusOr<ocean::Vpc> Create(std::stop_token stop) override {
    const VpcModel& wanted = work_.wanted;
    absl::StatusOr<ocean::Vpc> made =
        work_.api.CreateVpc({WantedName(), wanted.region.value_or(""),
                             wanted.description.value_or(""), wanted.ip_range.value_or("")},
                            stop);
    if (!made.ok()) {
      return WithPath(made.status(), Blamed(made.status()));
    }
    return made;
  }
  absl::Status Delete(const std::string& id, std::stop_token stop) override {
    return work_.api.DeleteVpc(id, stop);
  }
  std::string WantedName() const override { return work_.wanted.name.value_or(""); }
  bool AsAsked(const ocean::Vpc& vpc) const override {
    const VpcModel& wanted = work_.wanted;
    return vpc.region == wanted.region.value_or("") &&
           vpc.ip_range == wanted.ip_range.value_or(vpc.ip_range);
  }
  Progress ProgressOf(const ocean::Vpc&) const override { return {}; }
  std::string DifferenceOf(const ocean::Vpc& live) const override {
    if (live.name != WantedName()) {
      return absl::StrCat("name ", live.name, " -> ", WantedName());
    }
    return live.description != work_.wanted.description.value_or("") ? "description" : "";
  }
  absl::StatusOr<ocean::Vpc> Update(const ocean::Vpc& live, std::stop_token stop) override {
    return work_.api.UpdateVpc(
        live.id, {.name = WantedName(), .description = work_.wanted.description.value_or("")},
        stop);
  }
  // Members linger after they are deleted, and a peering goes in the background.
  bool RefusalPasses(const absl::Status& refusal) const override {
    return absl::IsAborted(refusal) || absl::IsUnavailable(refusal) ||
           absl::IsPermissionDenied(refusal);
  }
  // Asked with a fresh token: time is up, and without the names nobody knows what to do.
  absl::Status WhyNotGone(const std::string& id, const absl::Status& refusal) override {
    std::vector<std::string> lines;
    if (const auto members = work_.api.ListVpcMembers(id, {}); members.ok()) {
      for (const ocean::VpcMember& member : *members) {
        lines.push_back(
            absl::StrCat("\n  ", member.urn, " (", member.name, "), made ", member.created_at));
      }
    }
    if (const auto peerings = work_.api.ListVpcPeerings({}); peerings.ok()) {
      for (const ocean::VpcPeering& peering : *peerings) {
        if (std::count(peering.vpc_ids.begin(), peering.vpc_ids.end(), id) != 0) {
          lines.push_back(absl::StrCat("\n  VPC peering ", peering.id, " (", peering.name,
                                       "), made ", peering.created_at));
        }
      }
    }
    if (lines.empty()) {
      return Annotate(refusal, absl::StrCat("VPC ", id, " is not gone yet"));
    }
    return WithHint(
        absl::FailedPreconditionError(
            absl::StrCat("VPC ", id, " is still in use by:", absl::StrJoin(lines, ""), "\n")),
        "Delete or move them, then run destroy again; it goes on from here. timeouts.delete says "
        "how long a destroy waits for them.");
  }

 private:
  // DigitalOcean's text tells which attribute it means.
  static Path Blamed(const absl::Status& status) {
    const std::string text(status.message());
    return Path(absl::StrContains(text, "range")         ? "ip_range"
                : absl::StrContains(text, "region")      ? "region"
                : absl::StrContains(text, "description") ? "description"
                                                         : "name");
  }

  ObjectWork<VpcModel>& work_;
};

void CheckRegion(ocean::DigitalOcean& api, const VpcModel& planned, Operation& operation) {
  const auto regions = api.ListRegions(operation.request.stop);
  if (!regions.ok()) {
    operation.diagnostics.AddStatus(regions.status(), "Could not ask for the regions",
                                    Path("region"));
    return;
  }
  std::vector<std::string> slugs;
  for (const ocean::Region& region : *regions) {
    if (region.available) {
      slugs.push_back(region.slug);
    }
  }
  if (std::count(slugs.begin(), slugs.end(), *planned.region) == 0) {
    operation.diagnostics.AddError(
        "Unknown region",
        absl::StrCat("region: DigitalOcean offers no region \"", *planned.region,
                     "\". Offered: ", absl::StrJoin(slugs, ", "), "."),
        Path("region"));
  }
}

// `leaving` is a VPC that this very plan replaces. One of the same name is none of the plan's
// business: it is this very VPC, unfinished or tainted, or the apply refuses the name at once.
void CheckNeighbours(const std::vector<ocean::Vpc>& vpcs, const std::string& leaving,
                     const VpcModel& planned, Operation& operation) {
  bool first = true;
  for (const ocean::Vpc& vpc : vpcs) {
    first = first && vpc.region != planned.region.value_or("");
    if (vpc.id != leaving && vpc.name != planned.name.value_or("") && planned.ip_range.is_known() &&
        NetworksOverlap(vpc.ip_range, *planned.ip_range)) {
      operation.diagnostics.AddError(
          "Overlapping networks",
          absl::StrCat("ip_range: ", *planned.ip_range, " overlaps VPC \"", vpc.name, "\" (",
                       vpc.ip_range, ", ", vpc.region,
                       "). No two VPCs of an account may overlap: choose another range, or leave "
                       "ip_range out for a free /20."),
          Path("ip_range"));
    }
  }
  if (first && planned.region.is_known()) {
    operation.diagnostics.AddWarning(
        "This will be the default VPC of its region",
        absl::StrCat("There is no VPC in ", *planned.region,
                     " yet. The first one becomes the region's default, which DigitalOcean never "
                     "deletes: a destroy will leave it behind. To avoid that, make a VPC in the "
                     "control panel first."),
        Path("region"));
  }
}

}  // namespace

VpcResource::VpcResource(Connections& connections)
    : ObjectResource(
          connections, Names(), {absl::Minutes(5), absl::Minutes(5), absl::Minutes(15)},
          "A private network (VPC) of one region. `kproto_cluster` makes one of its own; "
          "this is for networks that several things share.") {}

void VpcResource::ValidateModel(const VpcModel& config, Diagnostics& diagnostics) {
  CheckVpcRange(config.ip_range, Path("ip_range"), diagnostics);
}

std::unique_ptr<ObjectStep<ocean::Vpc>> VpcResource::MakeStep(ObjectWork<VpcModel>& work) {
  return std::make_unique<VpcStep>(work);
}

void VpcResource::ReadObject(const ocean::Vpc& live, VpcModel& state) {
  state.id = live.id;
  state.urn = live.urn;
  state.name = live.name;
  state.region = live.region;
  ReadText(live.description, state.description);
  state.ip_range = live.ip_range;
  state.is_default = live.is_default;
  state.created_at = live.created_at;
}

std::string VpcResource::IntentKey(const VpcModel& model) {
  return absl::StrCat("kproto_vpc/", model.name.value_or(""), "/", model.region.value_or(""), "/",
                      model.ip_range.value_or(""));
}

bool VpcResource::IsFinished(const VpcModel&) { return true; }  // It is there or it is not.

void VpcResource::CheckPlan(ocean::DigitalOcean& api, Planning<VpcModel>& plan) {
  const auto& [prior, config, planned, replace, operation] = plan;
  const bool as_before =
      prior != nullptr && prior->region == planned.region && prior->ip_range == planned.ip_range;
  if (as_before || !planned.region.is_known()) {
    return;
  }
  CheckRegion(api, planned, operation);
  const auto vpcs = api.ListVpcs(operation.request.stop);
  if (!vpcs.ok()) {
    operation.diagnostics.AddStatus(vpcs.status(), "Could not list the account's VPCs");
    return;
  }
  CheckNeighbours(*vpcs,
                  prior != nullptr ? prior->id.value_or("") : PlannedId(operation.private_state),
                  planned, operation);
}

void VpcResource::Delete(VpcModel& state, Operation& operation) {
  const auto api = connections().DigitalOcean();
  if (api.ok() && state.id.is_known()) {
    const auto live = (*api)->GetVpc(*state.id, operation.request.stop);
    if (live.ok() && *live && (*live)->is_default) {
      operation.diagnostics.AddWarning(
          "The VPC is left behind",
          absl::StrCat("VPC \"", (*live)->name, "\" (", *state.id, ") is the default VPC of ",
                       (*live)->region,
                       ". DigitalOcean deletes no default VPC, so it stays; it costs nothing. To "
                       "delete it, make another VPC of the region the default first."));
      return;
    }
  }
  ObjectResource::Delete(state, operation);
}

}  // namespace kproto
