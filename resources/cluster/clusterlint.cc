// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/clusterlint.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/reconcile/poll_pace.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr absl::Duration kLongestRun = absl::Minutes(5);
constexpr size_t kMostFindings = 20;  // shown

Path ClusterlintPath() { return Path("preflight").Attribute("clusterlint"); }

absl::StatusOr<ocean::ClusterlintRun> Run(ClusterWork& work, const StepContext& context) {
  const std::string id = work.live->id;
  KPROTO_ASSIGN_OR_RETURN(const std::string run_id, work.api.RunClusterlint(id, context.stop));
  for (PollPace pace(context.clock); pace.Passed() < kLongestRun;) {
    KPROTO_ASSIGN_OR_RETURN(auto run, work.api.GetClusterlint(id, run_id, context.stop));
    if (run && !run->completed_at.empty()) {
      return *std::move(run);
    }
    if (!context.clock.Sleep(pace.Next(), context.stop)) {
      return absl::CancelledError("stopped while clusterlint was running; nothing was changed yet");
    }
  }
  return absl::DeadlineExceededError(
      absl::StrCat("clusterlint run ", run_id, " does not come to an end"));
}

std::string Text(const ocean::ClusterlintDiagnostic& finding) {
  std::string object = finding.object_kind;
  if (!finding.object_name.empty()) {
    absl::StrAppend(&object, " ", finding.object_namespace,
                    finding.object_namespace.empty() ? "" : "/", finding.object_name);
  }
  return absl::StrCat("  ", finding.severity, ": ", finding.check_name, ": ",
                      object.empty() ? "" : absl::StrCat(object, ": "), finding.message);
}

// Those of one severity, a line each.
std::string Findings(const ocean::ClusterlintRun& run, const std::string& severity) {
  std::string text;
  size_t count = 0;
  for (const ocean::ClusterlintDiagnostic& finding : run.diagnostics) {
    if (finding.severity == severity && ++count <= kMostFindings) {
      absl::StrAppend(&text, text.empty() ? "" : "\n", Text(finding));
    }
  }
  return count > kMostFindings ? absl::StrCat(text, "\n  and ", count - kMostFindings, " more")
                               : text;
}

absl::Status NotRun(ClusterWork& work, const absl::Status& why, bool blocks) {
  if (blocks) {
    return WithPath(
        WithHint(Annotate(why, "clusterlint could not be run before the upgrade"),
                 "Apply again, or let the upgrade go on without it: preflight = { clusterlint = "
                 "\"warning\" }."),
        ClusterlintPath());
  }
  work.warnings.AddWarning("Cluster not checked before the upgrade", std::string(why.message()),
                           ClusterlintPath());
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWithClusterlint(ClusterWork& work, const StepContext& context) {
  const Attr<ClusterPreflight>& preflight = work.wanted.preflight;
  const std::string mode =
      preflight.is_known() ? preflight->clusterlint.value_or("warning") : "warning";
  if (mode == "off") {
    return absl::OkStatus();
  }
  const bool blocks = mode == "error";
  const auto run = Run(work, context);
  if (!run.ok()) {
    return context.stop.stop_requested() ? run.status() : NotRun(work, run.status(), blocks);
  }
  const std::string errors = Findings(*run, "error"), warnings = Findings(*run, "warning");
  if (!errors.empty() && blocks) {
    return WithPath(
        WithHint(absl::FailedPreconditionError(absl::StrCat(
                     "clusterlint found errors, so the upgrade was not begun:\n", errors)),
                 "Mend them and apply again, or upgrade nevertheless with preflight = { "
                 "clusterlint = \"warning\" }."),
        ClusterlintPath());
  }
  if (!errors.empty() || !warnings.empty()) {
    work.warnings.AddWarning(
        "Findings of clusterlint before the upgrade",
        absl::StrCat(errors, errors.empty() || warnings.empty() ? "" : "\n", warnings),
        ClusterlintPath());
  }
  return absl::OkStatus();
}

}  // namespace kproto
