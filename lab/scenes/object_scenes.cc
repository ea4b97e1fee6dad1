// SPDX-License-Identifier: MPL-2.0
#include "lab/scenes/object_scenes.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "lab/cloud/objects.h"
#include "lab/kubernetes/json.h"
#include "lab/process/wait.h"
#include "lab/scenes/helm_record.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr char kPolicies[] = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/";
constexpr char kBindings[] =
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/";
constexpr char kPolicy[] = "kproto-lab-failed-sync";

bool IsName(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") ==
                              absl::string_view::npos;
}

// ---- a policy --------------------------------------------------------------------------------

json Policy(const std::string& prefix) {
  // Controllers write to a workload's metadata all the time; that stays allowed.
  const std::string allowed =
      absl::StrCat("!object.metadata.name.startsWith('", prefix,
                   "') || (oldObject != null && object.spec == oldObject.spec)");
  return {{"apiVersion", "admissionregistration.k8s.io/v1"},
          {"kind", "ValidatingAdmissionPolicy"},
          {"metadata", {{"name", kPolicy}}},
          {"spec",
           {{"failurePolicy", "Fail"},
            {"matchConstraints",
             {{"resourceRules",
               {{{"apiGroups", {"apps"}},
                 {"apiVersions", {"v1"}},
                 {"operations", {"CREATE", "UPDATE"}},
                 {"resources", {"deployments", "statefulsets", "daemonsets"}}}}}}},
            {"validations",
             {{{"expression", allowed},
               {"message", absl::StrCat("workloads called ", prefix,
                                        "* are not allowed here (a scene of the lab)")}}}}}}};
}

json Binding() {
  return {{"apiVersion", "admissionregistration.k8s.io/v1"},
          {"kind", "ValidatingAdmissionPolicyBinding"},
          {"metadata", {{"name", kPolicy}}},
          {"spec", {{"policyName", kPolicy}, {"validationActions", {"Deny"}}}}};
}

// Whether the API server would make a Deployment of that name; nothing is made. Policies reach it
// a moment after they are written.
bool WouldMake(ApiClient& api, const std::string& name) {
  const json labels = {{"app", name}};
  const json deployment = {
      {"metadata", {{"name", name}}},
      {"spec",
       {{"selector", {{"matchLabels", labels}}},
        {"template",
         {{"metadata", {{"labels", labels}}},
          {"spec", {{"containers", json::array({{{"name", "c"}, {"image", "none"}}})}}}}}}}};
  return api.Create("/apis/apps/v1/namespaces/default/deployments?dryRun=All", deployment).ok();
}

absl::Status WaitForPolicy(ApiClient& api, const std::string& prefix, bool refuses) {
  const std::string name = absl::StrCat(prefix, "-probe");
  return WaitUntil([&] { return WouldMake(api, name) != refuses; }, absl::Now() + kPatience)
             ? absl::OkStatus()
             : absl::DeadlineExceededError("the API server does not follow the policy");
}

// ---- a finalizer -----------------------------------------------------------------------------

absl::StatusOr<std::string> PathOf(const std::string& target) {
  static const auto& collections = *new std::map<std::string, std::string>{
      {"deployment", "/apis/apps/v1/namespaces/$/deployments/"},
      {"statefulset", "/apis/apps/v1/namespaces/$/statefulsets/"},
      {"daemonset", "/apis/apps/v1/namespaces/$/daemonsets/"},
      {"service", "/api/v1/namespaces/$/services/"},
      {"configmap", "/api/v1/namespaces/$/configmaps/"},
      {"secret", "/api/v1/namespaces/$/secrets/"},
      {"persistentvolumeclaim", "/api/v1/namespaces/$/persistentvolumeclaims/"},
      {"application", "/apis/argoproj.io/v1alpha1/namespaces/$/applications/"},
      {"namespace", "/api/v1/namespaces/"}};
  const std::vector<std::string> parts = absl::StrSplit(absl::AsciiStrToLower(target), '/');
  const auto collection = collections.find(parts[0]);
  const size_t expected = parts[0] == "namespace" ? 2 : 3;
  if (collection == collections.end() || parts.size() != expected || !IsName(parts[1]) ||
      !IsName(parts.back())) {
    std::string kinds;
    for (const auto& [kind, path] : collections) {
      absl::StrAppend(&kinds, kinds.empty() ? "" : ", ", kind);
    }
    return absl::InvalidArgumentError(
        absl::StrCat("'", target, "' is not kind/namespace/name, or the kind is none of ", kinds));
  }
  std::string path = collection->second;
  if (const size_t ns = path.find('$'); ns != std::string::npos) {
    path.replace(ns, 1, parts[1]);
  }
  return absl::StrCat(path, parts.back());
}

// ---- a release -------------------------------------------------------------------------------

struct ReleaseName {
  std::string ns, name;
  std::string Secrets() const { return absl::StrCat("/api/v1/namespaces/", ns, "/secrets"); }
};

absl::StatusOr<ReleaseName> ReleaseOf(const std::string& target) {
  const std::vector<std::string> parts = absl::StrSplit(target, '/');
  if (parts.size() != 2 || !IsName(parts[0]) || !IsName(parts[1])) {
    return absl::InvalidArgumentError(absl::StrCat("'", target, "' is not namespace/name"));
  }
  return ReleaseName{parts[0], parts[1]};
}

// The Secrets of its revisions, by number.
absl::StatusOr<std::map<int, json>> Revisions(ApiClient& api, const ReleaseName& release) {
  KPROTO_ASSIGN_OR_RETURN(
      const json secrets,
      api.Get(
          absl::StrCat(release.Secrets(), "?labelSelector=owner%3Dhelm%2Cname%3D", release.name)));
  std::map<int, json> revisions;
  for (const json& secret : Items(secrets)) {
    int revision = 0;
    if (absl::SimpleAtoi(Text(secret, {"metadata", "labels", "version"}), &revision)) {
      revisions[revision] = secret;
    }
  }
  return revisions;
}

absl::Status EnsureNamespace(ApiClient& api, const std::string& name) {
  const absl::Status made =
      api.Create("/api/v1/namespaces", {{"metadata", {{"name", name}}}}).status();
  return absl::IsAlreadyExists(made) ? absl::OkStatus() : made;
}

}  // namespace

absl::Status RefuseWorkloads(const SceneSite& site, const std::string& prefix) {
  if (!IsName(prefix)) {
    return absl::InvalidArgumentError(absl::StrCat("no workload's name begins with ", prefix));
  }
  KPROTO_RETURN_IF_ERROR(site.api.Apply(absl::StrCat(kPolicies, kPolicy), Policy(prefix)).status());
  KPROTO_RETURN_IF_ERROR(site.api.Apply(absl::StrCat(kBindings, kPolicy), Binding()).status());
  return WaitForPolicy(site.api, prefix, true);
}

absl::Status AllowWorkloads(const SceneSite& site, const std::string& prefix) {
  KPROTO_RETURN_IF_ERROR(site.api.Delete(absl::StrCat(kBindings, kPolicy)));
  KPROTO_RETURN_IF_ERROR(site.api.Delete(absl::StrCat(kPolicies, kPolicy)));
  return WaitForPolicy(site.api, prefix, false);
}

absl::Status HoldObject(const SceneSite& site, const std::string& target) {
  KPROTO_ASSIGN_OR_RETURN(const std::string path, PathOf(target));
  KPROTO_ASSIGN_OR_RETURN(const json object, site.api.Get(path));
  return HasFinalizer(object, kStuckFinalizer)
             ? absl::OkStatus()
             : AddFinalizer(site.api, absl::StrCat(path, "?fieldManager=kproto-lab"), object,
                            kStuckFinalizer);
}

absl::Status LetObjectGo(const SceneSite& site, const std::string& target) {
  KPROTO_ASSIGN_OR_RETURN(const std::string path, PathOf(target));
  const absl::StatusOr<json> object = site.api.Get(path);
  if (absl::IsNotFound(object.status())) {
    return absl::OkStatus();
  }
  KPROTO_RETURN_IF_ERROR(object.status());
  return HasFinalizer(*object, kStuckFinalizer)
             ? RemoveFinalizer(site.api, path, *object, kStuckFinalizer)
             : absl::OkStatus();
}

absl::Status LeaveReleasePending(const SceneSite& site, const std::string& target) {
  KPROTO_ASSIGN_OR_RETURN(const ReleaseName release, ReleaseOf(target));
  KPROTO_RETURN_IF_ERROR(EnsureNamespace(site.api, release.ns));
  KPROTO_ASSIGN_OR_RETURN(const auto revisions, Revisions(site.api, release));
  json record;
  int revision = 1;
  if (revisions.empty()) {
    record = NewHelmRecord(release.ns, release.name);
  } else {
    const auto& [last, secret] = *revisions.rbegin();
    if (!Text(secret, {"metadata", "labels", kSceneMark}).empty()) {
      return absl::OkStatus();  // on already
    }
    KPROTO_ASSIGN_OR_RETURN(record, DecodeHelmRecord(Text(secret, {"data", "release"})));
    revision = last + 1;
  }
  const std::string status = revisions.empty() ? "pending-install" : "pending-upgrade";
  SetPending(record, revision, status);
  const json secret = {
      {"type", "helm.sh/release.v1"},
      {"metadata",
       {{"name", absl::StrCat("sh.helm.release.v1.", release.name, ".v", revision)},
        {"labels",
         {{"owner", "helm"},
          {"name", release.name},
          {"version", absl::StrCat(revision)},
          {"status", status},
          {"modifiedAt", absl::StrCat(absl::ToUnixSeconds(absl::Now()))},
          {kSceneMark, "stuck-release"}}}}},
      {"data", {{"release", EncodeHelmRecord(record)}}}};
  return site.api.Create(release.Secrets(), secret).status();
}

absl::Status RemovePendingRelease(const SceneSite& site, const std::string& target) {
  KPROTO_ASSIGN_OR_RETURN(const ReleaseName release, ReleaseOf(target));
  const absl::StatusOr<std::map<int, json>> revisions = Revisions(site.api, release);
  KPROTO_RETURN_IF_ERROR(revisions.status());
  for (const auto& [revision, secret] : *revisions) {
    // What a helm has made of it since (failed, superseded) is history by now.
    if (Text(secret, {"metadata", "labels", kSceneMark}) == "stuck-release" &&
        absl::StartsWith(Text(secret, {"metadata", "labels", "status"}), "pending-")) {
      KPROTO_RETURN_IF_ERROR(site.api.Delete(
          absl::StrCat(release.Secrets(), "/", Text(secret, {"metadata", "name"}))));
    }
  }
  return absl::OkStatus();
}

}  // namespace kproto::lab
