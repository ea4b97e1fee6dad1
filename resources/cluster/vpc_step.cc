// SPDX-License-Identifier: MPL-2.0
// The VPC of a cluster: adopted by id (and then never changed), or made, and destroyed last.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "provider/reconcile/poll_pace.h"
#include "provider/runtime/diagnostics.h"
#include "resources/cluster/account_checks.h"
#include "resources/cluster/blockers.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/steps.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

const Path kVpcPath("vpc");

class VpcStep : public Step {
 public:
  explicit VpcStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "vpc"; }

  absl::Status Observe(const StepContext& context) override {
    found_.reset();
    if (!work_.wanted.vpc.is_known()) {
      return absl::OkStatus();  // The region's default VPC: the cluster says later which it is.
    }
    if (Adopted()) {
      return ObserveAdopted(context);
    }
    if (work_.state.vpc_id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(found_, work_.api.GetVpc(*work_.state.vpc_id, context.stop));
      return absl::OkStatus();
    }
    return work_.intent ? FindByNonce(context) : absl::OkStatus();
  }

  Difference Compare() const override {
    if (!work_.wanted.vpc.is_known() || found_) {
      return Difference::None();
    }
    return Difference::Missing(absl::StrCat("VPC ", VpcName(work_.wanted)));
  }

  absl::Status Apply(const StepContext& context) override {
    ocean::VpcSpec spec;
    spec.name = VpcName(work_.wanted);
    spec.region = work_.wanted.region.value_or("");
    spec.description = Description();
    spec.ip_range = work_.wanted.vpc->ip_range.value_or("");
    absl::StatusOr<ocean::Vpc> made = work_.api.CreateVpc(spec, context.stop);
    if (!made.ok() && http::MayHaveTakenEffect(made.status())) {
      // Nobody knows whether it was made: look before asking again, names being unique.
      if (const absl::Status looked = FindByNonce(context); !looked.ok()) {
        return http::MarkMayHaveTakenEffect(looked);
      }
      if (found_) {
        return absl::OkStatus();
      }
      made = work_.api.CreateVpc(spec, context.stop);
    }
    if (!made.ok()) {
      return WithPath(Annotate(made.status(), "could not create the VPC"),
                      BlamedPath(made.status()));
    }
    return Found(*std::move(made));
  }

  absl::Status Remove(const StepContext& context) override {
    if (!found_ || Adopted()) {
      return absl::OkStatus();
    }
    const std::string id = found_->id;
    PollPace pace(context.clock);
    while (found_ && !found_->is_default) {
      const absl::Status status = work_.api.DeleteVpc(id, context.stop);
      if (status.ok()) {
        break;
      }
      if (context.stop.stop_requested()) {
        return Blocked(id, status, context);
      }
      // Members of a deleted cluster linger: both answers mean "not yet".
      if (!absl::IsAborted(status) && !absl::IsPermissionDenied(status) &&
          !absl::IsUnavailable(status)) {
        return Annotate(status, "could not delete the VPC");
      }
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return Blocked(id, status, context);
      }
      if (absl::IsPermissionDenied(status)) {  // or it has become a default meanwhile
        KPROTO_ASSIGN_OR_RETURN(found_, work_.api.GetVpc(id, context.stop));
      }
    }
    if (found_ && found_->is_default) {
      Release(context);
    }
    work_.state.vpc_id = {};
    return absl::OkStatus();
  }

 private:
  bool Adopted() const { return work_.wanted.vpc.is_known() && work_.wanted.vpc->id.is_known(); }

  absl::Status ObserveAdopted(const StepContext& context) {
    const std::string& id = *work_.wanted.vpc->id;
    KPROTO_ASSIGN_OR_RETURN(found_, work_.api.GetVpc(id, context.stop));
    if (!found_) {
      return WithPath(WithHint(absl::NotFoundError(absl::StrCat("there is no VPC with id ", id)),
                               "Check the id, or write vpc = { ip_range = \"…\" } to make one."),
                      kVpcPath.Attribute("id"));
    }
    work_.state.vpc_id = id;
    return absl::OkStatus();
  }

  absl::Status FindByNonce(const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(std::vector<ocean::Vpc> all, work_.api.ListVpcs(context.stop));
    for (ocean::Vpc& vpc : all) {
      if (NonceOf(vpc.description) == work_.nonce()) {
        return Found(std::move(vpc));
      }
    }
    for (const ocean::Vpc& vpc : all) {
      if (IsReleased(vpc, work_.wanted)) {
        return TakeAgain(vpc, context);
      }
      if (vpc.name == VpcName(work_.wanted)) {
        return WithPath(WithHint(absl::AlreadyExistsError(absl::StrCat(
                                     "a VPC named \"", vpc.name, "\" exists already (id ", vpc.id,
                                     ") and was not made by this apply")),
                                 absl::StrCat("Use it with vpc = { id = \"", vpc.id,
                                              "\" }, or give vpc.name another name.")),
                        kVpcPath);
      }
    }
    return absl::OkStatus();
  }

  absl::Status Found(ocean::Vpc vpc) {
    work_.state.vpc_id = vpc.id;
    found_ = std::move(vpc);
    return work_.Record("vpc_id", found_->id);
  }

  // DigitalOcean's text tells which attribute it means.
  static Path BlamedPath(const absl::Status& status) {
    return absl::StrContains(std::string(status.message()), "range")
               ? kVpcPath.Attribute("ip_range")
               : kVpcPath;
  }

  // The first VPC of a region becomes its default, which nobody can delete. It is marked as free,
  // so that the next cluster that wants this very VPC may have it.
  void Release(const StepContext& context) {
    const auto marked =
        work_.api.UpdateVpc(found_->id, {.description = ReleasedDescription()}, context.stop);
    Log(LogLevel::kWarn, "default VPC cannot be deleted and is released", {{"vpc", found_->id}});
    work_.warnings.AddWarning(
        "The VPC is left behind",
        absl::StrCat("VPC \"", found_->name, "\" (", found_->id, ") is the default VPC of ",
                     found_->region,
                     ". DigitalOcean deletes no default VPC, so it stays; it costs "
                     "nothing. ",
                     marked.ok() ? "The next cluster of this configuration takes it again. " : "",
                     "To delete it, make another VPC of the region the default first."));
  }

  absl::Status TakeAgain(const ocean::Vpc& released, const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(
        ocean::Vpc vpc,
        work_.api.UpdateVpc(released.id, {.description = Description()}, context.stop));
    return Found(std::move(vpc));
  }

  std::string Description() const {
    return absl::StrCat("Cluster ", work_.wanted.name.value_or(""), " ",
                        OwnershipMark(work_.nonce()));
  }

  absl::Status Blocked(const std::string& id, const absl::Status& last,
                       const StepContext& context) const {
    // Asked for although time is up: it is one call, and without it nobody knows what to do.
    const absl::StatusOr<std::vector<ocean::VpcMember>> members = work_.api.ListVpcMembers(id, {});
    if (!members.ok() || members->empty()) {
      return WithHint(Annotate(last, absl::StrCat("VPC ", id, " is not gone yet")),
                      "Nothing is lost: run destroy again, it goes on from here.");
    }
    return BlockedBy(*members, id, work_.wanted, context.clock.Now());
  }

  ClusterWork& work_;
  std::optional<ocean::Vpc> found_;
};

}  // namespace

absl::Status ClusterWork::Record(const std::string& fact, const std::string& value) {
  if (!intent) {
    return absl::OkStatus();
  }
  intent->facts[fact] = value;
  return journal.Note(*intent);
}

std::unique_ptr<Step> MakeVpcStep(ClusterWork& work) { return std::make_unique<VpcStep>(work); }

}  // namespace kproto
