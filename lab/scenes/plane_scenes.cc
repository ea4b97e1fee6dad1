// SPDX-License-Identifier: MPL-2.0
#include "lab/scenes/plane_scenes.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "lab/kubernetes/base_objects.h"
#include "lab/kubernetes/json.h"
#include "lab/kubernetes/token_minter.h"
#include "lab/process/wait.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr char kNodes[] = "/api/v1/nodes";
constexpr char kCordoned[] = "unschedulable-pod";
constexpr absl::Duration kPatience = absl::Seconds(60);

absl::Status SetCordon(ApiClient& api, const json& node, const json& unschedulable,
                       const json& mark) {
  return api
      .MergePatch(absl::StrCat(kNodes, "/", Text(node, {"metadata", "name"})),
                  {{"spec", {{"unschedulable", unschedulable}}},
                   {"metadata", {{"annotations", {{kSceneMark, mark}}}}}})
      .status();
}

// Whether a token that the cluster hands out now is accepted.
bool TokensServe(const SceneSite& site) {
  const absl::StatusOr<ClusterAccess> minted = site.cluster.Mint(absl::Now() + absl::Minutes(1));
  AdminAccess access = site.cluster.access();
  access.token = minted.ok() ? minted->token : "";
  return ApiClient(access).Answers("/api/v1/namespaces/kube-system");
}

}  // namespace

absl::Status RefuseImage(const SceneSite& site, const std::string& part) {
  return site.cluster.plane().RefuseImages({part});
}

absl::Status AllowImage(const SceneSite& site, const std::string&) {
  return site.cluster.plane().RefuseImages({});
}

absl::Status Cordon(const SceneSite& site, const std::string& pool) {
  KPROTO_ASSIGN_OR_RETURN(const json nodes, site.api.Get(kNodes));
  bool any = false;
  for (const json& node : Items(nodes)) {
    const std::string of = Text(node, {"metadata", "labels", "doks.digitalocean.com/node-pool"});
    const bool meant = pool == "all" || pool == of;
    any = any || meant;
    // One that somebody else has cordoned stays so when the scene ends.
    if (meant && At(node, {"spec", "unschedulable"}) != true) {
      KPROTO_RETURN_IF_ERROR(SetCordon(site.api, node, true, kCordoned));
    }
  }
  return any ? absl::OkStatus()
             : absl::InvalidArgumentError(absl::StrCat("the cluster has no node of pool ", pool));
}

absl::Status Uncordon(const SceneSite& site, const std::string&) {
  KPROTO_ASSIGN_OR_RETURN(const json nodes, site.api.Get(kNodes));
  for (const json& node : Items(nodes)) {
    if (Text(node, {"metadata", "annotations", kSceneMark}) == kCordoned) {
      KPROTO_RETURN_IF_ERROR(SetCordon(site.api, node, nullptr, nullptr));
    }
  }
  return absl::OkStatus();
}

absl::Status InvalidateTokens(const SceneSite& site, const std::string&) {
  KPROTO_RETURN_IF_ERROR(site.api.Delete(
      absl::StrCat("/api/v1/namespaces/", kAdminNamespace, "/serviceaccounts/", kAdminAccount)));
  const bool refused = WaitUntil([&] { return !TokensServe(site); }, absl::Now() + kPatience);
  return refused ? absl::OkStatus() : absl::DeadlineExceededError("tokens are still accepted");
}

absl::Status AcceptTokens(const SceneSite& site, const std::string&) {
  KPROTO_ASSIGN_OR_RETURN(const std::string uid, ApplyBaseObjects(site.api));
  site.cluster.SetAdmin(uid);
  const bool accepted = WaitUntil([&] { return TokensServe(site); }, absl::Now() + kPatience);
  return accepted ? absl::OkStatus() : absl::DeadlineExceededError("tokens are still refused");
}

absl::Status StopApiServer(const SceneSite& site, const std::string&) {
  site.cluster.plane().SetApiServer(ControlPlane::Presence::kAway);
  return absl::OkStatus();
}

absl::Status StartApiServer(const SceneSite& site, const std::string&) {
  site.cluster.plane().SetApiServer(ControlPlane::Presence::kThere);
  const bool back = WaitUntil([&] { return site.api.Answers("/readyz"); }, absl::Now() + kPatience);
  return back ? absl::OkStatus()
              : absl::DeadlineExceededError("the API server does not answer again");
}

}  // namespace kproto::lab
