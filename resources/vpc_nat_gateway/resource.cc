// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc_nat_gateway/resource.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/reading.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const ObjectNames& Names() {
  static const auto& names =
      *new ObjectNames{"nat_gateway", "NAT gateway", "kproto_vpc_nat_gateway"};
  return names;
}

// The VPCs that the model names, with what is known of them; sorted by id.
std::vector<ocean::NatGatewayVpc> VpcsOf(const NatGatewayModel& model) {
  std::vector<ocean::NatGatewayVpc> vpcs;
  if (model.vpcs.is_known()) {
    for (const Attr<NatGatewayVpcModel>& vpc : *model.vpcs) {
      if (vpc.is_known() && vpc->vpc_uuid.is_known()) {
        vpcs.push_back({*vpc->vpc_uuid, "", vpc->default_gateway.value_or(false)});
      }
    }
  }
  std::sort(vpcs.begin(), vpcs.end(),
            [](const auto& a, const auto& b) { return a.vpc_uuid < b.vpc_uuid; });
  return vpcs;
}

std::string IdsOf(const std::vector<ocean::NatGatewayVpc>& vpcs) {
  std::set<std::string> ids;
  for (const ocean::NatGatewayVpc& vpc : vpcs) {
    ids.insert(vpc.vpc_uuid);
  }
  return absl::StrJoin(ids, "+");
}

std::optional<int64_t> Known(const Attr<int64_t>& attr) {
  return attr.is_known() ? std::optional<int64_t>(*attr) : std::nullopt;
}

ocean::NatGatewayTimeouts TimeoutsOf(const NatGatewayModel& model) {
  return {Known(model.udp_timeout_seconds), Known(model.icmp_timeout_seconds),
          Known(model.tcp_timeout_seconds)};
}

// In the order in which they are written; what is not written comes last.
void ReadVpcs(std::vector<ocean::NatGatewayVpc> live, Attr<ListOf<NatGatewayVpcModel>>& attr) {
  std::vector<std::string> written;
  std::map<std::string, bool> defaults;
  if (attr.is_known()) {
    for (const Attr<NatGatewayVpcModel>& vpc : *attr) {
      written.push_back(vpc.is_known() ? vpc->vpc_uuid.value_or("") : "");
      defaults[written.back()] = vpc.is_known() && vpc->default_gateway.value_or(false);
    }
  }
  const auto place = [&](const ocean::NatGatewayVpc& vpc) {
    return std::find(written.begin(), written.end(), vpc.vpc_uuid) - written.begin();
  };
  std::stable_sort(live.begin(), live.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  ListOf<NatGatewayVpcModel> list;
  for (const ocean::NatGatewayVpc& vpc : live) {
    NatGatewayVpcModel model{
        vpc.vpc_uuid, vpc.default_gateway.value_or(defaults[vpc.vpc_uuid]), {}};
    ReadText(vpc.gateway_ip, model.gateway_ip);
    list.push_back(std::move(model));
  }
  attr = std::move(list);
}

class NatGatewayStep : public ObjectStep<ocean::NatGateway> {
 public:
  explicit NatGatewayStep(ObjectWork<NatGatewayModel>& work)
      : ObjectStep(Names(), work.Record()), work_(work) {}

  absl::StatusOr<std::vector<ocean::NatGateway>> List(std::stop_token stop) override {
    return work_.api.ListNatGateways(stop);
  }
  absl::StatusOr<std::optional<ocean::NatGateway>> Get(const std::string& id,
                                                       std::stop_token stop) override {
    return work_.api.GetNatGateway(id, stop);
  }
  absl::StatusOr<ocean::NatGateway> Create(std::stop_token stop) override {
    const NatGatewayModel& wanted = work_.wanted;
    ocean::NatGatewaySpec spec;
    spec.name = WantedName();
    spec.region = wanted.region.value_or("");
    spec.type = wanted.type.value_or(spec.type);
    spec.size = wanted.size.value_or(spec.size);
    spec.vpcs = VpcsOf(wanted);
    spec.timeouts = TimeoutsOf(wanted);
    return work_.api.CreateNatGateway(spec, stop);
  }
  absl::Status Delete(const std::string& id, std::stop_token stop) override {
    return work_.api.DeleteNatGateway(id, stop);
  }
  std::string WantedName() const override { return work_.wanted.name.value_or(""); }
  bool AsAsked(const ocean::NatGateway& gateway) const override {
    return gateway.region == work_.wanted.region.value_or("") &&
           IdsOf(gateway.vpcs) == IdsOf(VpcsOf(work_.wanted));
  }
  Progress ProgressOf(const ocean::NatGateway& gateway) const override {
    return ProgressOfNatGateway(gateway);
  }
  std::string DifferenceOf(const ocean::NatGateway& live) const override {
    const NatGatewayModel& wanted = work_.wanted;
    if (live.name != WantedName()) {
      return absl::StrCat("name ", live.name, " -> ", WantedName());
    }
    if (live.size != wanted.size.value_or(live.size)) {
      return absl::StrCat("size ", live.size, " -> ", *wanted.size);
    }
    const bool same =
        live.udp_timeout_seconds == wanted.udp_timeout_seconds.value_or(live.udp_timeout_seconds) &&
        live.icmp_timeout_seconds ==
            wanted.icmp_timeout_seconds.value_or(live.icmp_timeout_seconds) &&
        live.tcp_timeout_seconds == wanted.tcp_timeout_seconds.value_or(live.tcp_timeout_seconds);
    return same ? "" : "timeouts of flows";
  }
  absl::StatusOr<ocean::NatGateway> Update(const ocean::NatGateway& live,
                                           std::stop_token stop) override {
    return work_.api.UpdateNatGateway(
        live.id, {WantedName(), work_.wanted.size.value_or(live.size), TimeoutsOf(work_.wanted)},
        stop);
  }

 private:
  ObjectWork<NatGatewayModel>& work_;
};

}  // namespace

Progress ProgressOfNatGateway(const ocean::NatGateway& gateway) {
  switch (gateway.state) {
    case ocean::NatGatewayState::kActive:
      return {Progress::Kind::kReady, gateway.state_text};
    case ocean::NatGatewayState::kError:
    case ocean::NatGatewayState::kInvalid:
      return {Progress::Kind::kFailed, gateway.state_text};
    case ocean::NatGatewayState::kDeleting:
      return {Progress::Kind::kGoing, gateway.state_text};
    default:
      return {Progress::Kind::kNotYet, gateway.state_text};
  }
}

NatGatewayResource::NatGatewayResource(Connections& connections)
    : ObjectResource(connections, Names(),
                     {absl::Minutes(15), absl::Minutes(15), absl::Minutes(15)},
                     "A NAT gateway: the way out of a VPC, with static public addresses, for "
                     "Droplets and workers that have none of their own.") {}

void NatGatewayResource::ValidateModel(const NatGatewayModel& config, Diagnostics& diagnostics) {
  const std::vector<ocean::NatGatewayVpc> vpcs = VpcsOf(config);
  for (size_t i = 1; i < vpcs.size(); ++i) {
    if (vpcs[i].vpc_uuid == vpcs[i - 1].vpc_uuid) {
      diagnostics.AddError(
          "VPC named twice",
          absl::StrCat("vpcs: VPC ", vpcs[i].vpc_uuid, " is there twice. Name each VPC once."),
          Path("vpcs"));
    }
  }
}

std::unique_ptr<ObjectStep<ocean::NatGateway>> NatGatewayResource::MakeStep(
    ObjectWork<NatGatewayModel>& work) {
  return std::make_unique<NatGatewayStep>(work);
}

void NatGatewayResource::ReadObject(const ocean::NatGateway& live, NatGatewayModel& state) {
  state.id = live.id;
  state.name = live.name;
  state.region = live.region;
  state.type = live.type;
  state.size = live.size;
  ReadVpcs(live.vpcs, state.vpcs);
  state.udp_timeout_seconds = live.udp_timeout_seconds;
  state.icmp_timeout_seconds = live.icmp_timeout_seconds;
  state.tcp_timeout_seconds = live.tcp_timeout_seconds;
  state.state = live.state_text;
  ListOf<std::string> ips;
  for (const std::string& ip : live.egress_ips) {
    ips.push_back(ip);
  }
  state.egress_ips = std::move(ips);
  state.created_at = live.created_at;
}

std::string NatGatewayResource::IntentKey(const NatGatewayModel& model) {
  return absl::StrCat("kproto_vpc_nat_gateway/", model.name.value_or(""), "/",
                      model.region.value_or(""), "/", IdsOf(VpcsOf(model)));
}

bool NatGatewayResource::IsFinished(const NatGatewayModel& state) {
  return state.state.value_or("") == "ACTIVE";
}

void NatGatewayResource::CheckPlan(ocean::DigitalOcean& api, Planning<NatGatewayModel>& plan) {
  const auto& [prior, config, planned, replace, operation] = plan;
  const std::vector<ocean::NatGatewayVpc> wanted = VpcsOf(planned);
  if (wanted.empty() || (prior != nullptr && IdsOf(VpcsOf(*prior)) == IdsOf(wanted))) {
    return;
  }
  const auto vpcs = api.ListVpcs(operation.request.stop);
  if (!vpcs.ok()) {
    operation.diagnostics.AddStatus(vpcs.status(), "Could not list the account's VPCs");
    return;
  }
  for (const ocean::NatGatewayVpc& each : wanted) {
    const auto vpc = std::find_if(vpcs->begin(), vpcs->end(), [&](const ocean::Vpc& candidate) {
      return candidate.id == each.vpc_uuid;
    });
    if (vpc == vpcs->end()) {
      operation.diagnostics.AddError(
          "Unknown VPC", absl::StrCat("vpcs: there is no VPC with id ", each.vpc_uuid, "."),
          Path("vpcs"));
    } else if (planned.region.is_known() && vpc->region != *planned.region) {
      operation.diagnostics.AddError(
          "VPC in another region",
          absl::StrCat("vpcs: VPC \"", vpc->name, "\" is in ", vpc->region, ", the gateway in ",
                       *planned.region, ". A gateway serves VPCs of its own region."),
          Path("vpcs"));
    }
  }
}

}  // namespace kproto
