// SPDX-License-Identifier: MPL-2.0
#include "resources/subnets/subnet_plan.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "provider/runtime/function.h"
#include "resources/networks.h"

namespace kproto {
namespace {

constexpr size_t kVpc = 0;  // argument; those after it are taken

// Sizes of networks as numbers of bits: the widest that is free is taken.
constexpr int kVpcWidest = 16, kVpcNarrowest = 28, kVpcChosen = 20;
constexpr int kWidest = 16, kPodsNarrowest = 20, kServicesNarrowest = 22;

struct SubnetPlan {
  Network vpc, pods, services;
};

absl::Status CheckVpc(const Network& vpc) {
  if (vpc.bits < kVpcWidest || vpc.bits > kVpcNarrowest) {
    return absl::InvalidArgumentError(absl::StrCat("a VPC is between /", kVpcNarrowest, " and /",
                                                   kVpcWidest, ", got ", vpc.ToString()));
  }
  if (!IsPrivate(vpc)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a VPC is within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, got ", vpc.ToString()));
  }
  if (const std::string reserved = ReservedRangeIn(vpc); !reserved.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(vpc.ToString(), " overlaps ", reserved,
                                                   ", which DigitalOcean keeps for itself"));
  }
  return absl::OkStatus();
}

std::optional<Network> ChooseVpc(std::vector<Network> taken) {
  taken.insert(taken.end(), {kDefaultPods, kDefaultServices});
  for (const Network& space : kPrivateNetworks) {
    if (const auto free = FindFree(space, kVpcChosen, taken, From::kLowest)) {
      return free;
    }
  }
  return std::nullopt;
}

// The default when it is free, else the widest there is, from the top: VPCs grow from the bottom.
std::optional<Network> Choose(const Network& preferred, int narrowest,
                              const std::vector<Network>& taken) {
  if (FirstOverlap(preferred, taken) == nullptr) {
    return preferred;
  }
  for (int bits = kWidest; bits <= narrowest; ++bits) {
    for (const Network& space : kPrivateNetworks) {
      if (const auto free = FindFree(space, bits, taken, From::kHighest)) {
        return free;
      }
    }
  }
  return std::nullopt;
}

class SubnetPlanFunction final : public Function {
 public:
  SubnetPlanFunction()
      : Function(
            {.name = "subnet_plan",
             .summary = "Networks of a cluster that do not overlap.",
             .description =
                 "Gives the networks of a cluster's VPC, pods and Services as `ip_range`, "
                 "`cluster_subnet` and `service_subnet`: none overlaps another, nor what is taken, "
                 "nor what DigitalOcean keeps for itself. Pods and Services get DigitalOcean's "
                 "defaults (`10.244.0.0/16`, `10.245.0.0/16`) where these are free, else the "
                 "widest free networks, down to /20 and /22. The same arguments always give the "
                 "same plan; to keep it, add networks to the end of what is taken only before the "
                 "cluster is made.",
             .parameters = {{.name = "vpc_cidr",
                             .allow_null = true,
                             .description = "Network of the VPC, between /28 and /16, as in "
                                            "`vpc.ip_range` of a cluster; null for the lowest free "
                                            "/20."}},
             .variadic_parameter =
                 FunctionParameter{.name = "taken",
                                   .description = "Networks to stay clear of: other VPCs, peers, "
                                                  "offices. Any number."},
             .return_type = Type::Object({{"cluster_subnet", Type::String()},
                                          {"ip_range", Type::String()},
                                          {"service_subnet", Type::String()}})}) {}

  Value Call(const std::vector<Value>& arguments, std::optional<FunctionError>& error) override {
    std::vector<Network> taken(std::begin(kInternalNetworks), std::end(kInternalNetworks));
    for (size_t i = kVpc + 1; i < arguments.size(); ++i) {
      const absl::StatusOr<Network> network = ParseExactNetwork(arguments[i].string());
      if (!network.ok()) {
        error = ArgumentError(i, std::string(network.status().message()));
        return Value::Null();
      }
      taken.push_back(*network);
    }
    const std::optional<SubnetPlan> plan = Plan(arguments, std::move(taken), error);
    if (!plan) {
      return Value::Null();
    }
    return Value::OfMap({{"cluster_subnet", Value::String(plan->pods.ToString())},
                         {"ip_range", Value::String(plan->vpc.ToString())},
                         {"service_subnet", Value::String(plan->services.ToString())}});
  }

 private:
  std::optional<SubnetPlan> Plan(const std::vector<Value>& arguments, std::vector<Network> taken,
                                 std::optional<FunctionError>& error) const {
    const std::optional<Network> vpc =
        arguments[kVpc].is_null() ? ChooseVpc(taken) : GivenVpc(arguments, taken, error);
    if (!vpc) {
      error = error ? error : ArgumentError(kVpc, "there is no free /20 for a VPC");
      return std::nullopt;
    }
    taken.push_back(*vpc);
    const std::optional<Network> pods = Choose(kDefaultPods, kPodsNarrowest, taken);
    if (pods) {
      taken.push_back(*pods);
    }
    const std::optional<Network> services =
        pods ? Choose(kDefaultServices, kServicesNarrowest, taken) : std::nullopt;
    if (!services) {
      error = ArgumentError(
          arguments.size() - 1,
          absl::StrCat("with all that is taken there is no room left for the ",
                       pods ? "Services: a /22" : "pods: a /20", " is the least they need"));
      return std::nullopt;
    }
    return SubnetPlan{*vpc, *pods, *services};
  }

  std::optional<Network> GivenVpc(const std::vector<Value>& arguments,
                                  const std::vector<Network>& taken,
                                  std::optional<FunctionError>& error) const {
    const absl::StatusOr<Network> vpc = ParseExactNetwork(arguments[kVpc].string());
    const absl::Status status = vpc.ok() ? CheckVpc(*vpc) : vpc.status();
    if (!status.ok()) {
      error = ArgumentError(kVpc, std::string(status.message()));
      return std::nullopt;
    }
    const size_t ours = std::size(kInternalNetworks);
    for (size_t i = ours; i < taken.size(); ++i) {
      if (taken[i].Overlaps(*vpc)) {
        error = ArgumentError(
            kVpc + 1 + i - ours,
            absl::StrCat(taken[i].ToString(), " overlaps the VPC's ", vpc->ToString()));
        return std::nullopt;
      }
    }
    return *vpc;
  }
};

}  // namespace

std::unique_ptr<AnyFunction> MakeSubnetPlan() { return std::make_unique<SubnetPlanFunction>(); }

}  // namespace kproto
