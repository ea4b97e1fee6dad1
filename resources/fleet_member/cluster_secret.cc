// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/cluster_secret.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/kubernetes/expiry.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/objects_step.h"
#include "resources/monitoring_stack/values.h"

namespace kproto::fleet_member {
namespace {

using fleet::kReserved;
using Strings = std::map<std::string, std::string>;

// Whose keys are the user's, so that what others add is not taken for theirs.
constexpr char kOwnLabels[] = "fleet.kproto/own-labels";
constexpr char kOwnAnnotations[] = "fleet.kproto/own-annotations";
constexpr char kIssued[] = "fleet.kproto/token-issued";
constexpr char kRole[] = "fleet.kproto/cluster-role";
constexpr char kLifetime[] = "fleet.kproto/token-lifetime";
constexpr char kRenewBefore[] = "fleet.kproto/token-renew-before";

std::string NamesOf(const Strings& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) {
    names.push_back(name);
  }
  return absl::StrJoin(names, ",");
}

std::string At(const Strings& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? "" : found->second;
}

Strings Chosen(const Strings& all, const std::string& names) {
  Strings chosen;
  for (const absl::string_view name : absl::StrSplit(names, ',', absl::SkipEmpty())) {
    if (const auto found = all.find(std::string(name)); found != all.end()) {
      chosen.insert(*found);
    }
  }
  return chosen;
}

Strings KnownOf(const Attr<MapOf<std::string>>& map) {
  Strings known;
  for (const auto& [name, value] : map.value_or({})) {
    known[name] = value.value_or("");
  }
  return known;
}

// Null and empty are the user's ways of saying nothing.
void ReadMap(const Strings& is, Attr<MapOf<std::string>>& state) {
  if (is.empty() && (state.is_null() || (state.is_known() && state->empty()))) {
    return;
  }
  MapOf<std::string> map;
  for (const auto& [name, value] : is) {
    map[name] = value;
  }
  state = std::move(map);
}

Attr<std::string> TextOf(absl::Time time) {
  const bool says = time > absl::InfinitePast() && time < absl::InfiniteFuture();
  return says ? Attr<std::string>(TimeText(time)) : Attr<std::string>();
}

std::string DataAt(const Json& object, const char* path) {
  std::string data;
  return absl::Base64Unescape(kubernetes::StringAt(object, path), &data) ? data : "";
}

}  // namespace

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string ClusterSecret::Revision() const { return monitoring_stack::HashOf(Json(values)); }

absl::Time ClusterSecret::TokenExpires() const {
  kubernetes::Credentials credentials;
  credentials.token = token;
  return kubernetes::ExpiryOf(credentials);
}

absl::Time ClusterSecret::TokenRenewal() const {
  if (token.empty()) {
    return absl::InfinitePast();
  }
  absl::Duration reserve = DurationOr(token_renew_before, kTokenRenewBefore);
  absl::Time issued;
  if (absl::ParseTime(absl::RFC3339_full, token_issued, &issued, nullptr)) {
    reserve = std::min(reserve, (TokenExpires() - issued) / 2);
  }
  return TokenExpires() - reserve;
}

Json ToObject(const ClusterSecret& secret) {
  Strings labels = secret.labels;
  labels[fleet::kSecretTypeLabel] = "cluster";
  labels[fleet::kManagedByLabel] = fleet::kManagedBy;
  labels[fleet::kFleetLabel] = secret.fleet.name;
  labels[fleet::kMemberLabel] = secret.member;
  labels[fleet::kClusterLabel] = secret.cluster_id;
  labels[fleet::kJoinedLabel] = secret.joined ? "true" : "false";
  Strings annotations = secret.annotations;
  for (const auto& [application, values] : secret.values) {
    annotations[fleet::kValuesAnnotation + application] = values;
  }
  annotations[fleet::kRevisionAnnotation] = secret.Revision();
  annotations[kOwnLabels] = NamesOf(secret.labels);
  annotations[kOwnAnnotations] = NamesOf(secret.annotations);
  annotations[kIssued] = secret.token_issued;
  annotations[kRole] = secret.cluster_role;
  annotations[kLifetime] = secret.token_lifetime;
  annotations[kRenewBefore] = secret.token_renew_before;
  const Json config = {
      {"bearerToken", secret.token.Reveal()},
      {"tlsClientConfig",
       {{"insecure", false}, {"caData", absl::Base64Escape(secret.ca_certificate)}}}};
  const kubernetes::ObjectKey key = fleet::SecretKeyOf(secret.fleet, secret.member);
  return {{"apiVersion", key.api_version},
          {"kind", key.kind},
          {"metadata",
           {{"name", key.name},
            {"namespace", key.ns},
            {"labels", labels},
            {"annotations", annotations}}},
          {"type", "Opaque"},
          {"data",
           {{"name", absl::Base64Escape(fleet::ClusterNameOf(secret.fleet, secret.member))},
            {"server", absl::Base64Escape(secret.server)},
            {"config", absl::Base64Escape(config.dump())}}}};
}

ClusterSecret SecretFrom(const FleetRef& fleet, const Json& object) {
  const Strings labels = kubernetes::StringMapAt(object, "/metadata/labels");
  const Strings annotations = kubernetes::StringMapAt(object, "/metadata/annotations");
  ClusterSecret secret;
  secret.fleet = fleet;
  secret.member = At(labels, fleet::kMemberLabel);
  secret.cluster_id = At(labels, fleet::kClusterLabel);
  secret.joined =
      At(labels, fleet::kJoinedLabel) == "true" && At(labels, fleet::kFleetLabel) == fleet.name;
  secret.labels = Chosen(labels, At(annotations, kOwnLabels));
  secret.annotations = Chosen(annotations, At(annotations, kOwnAnnotations));
  secret.token_issued = At(annotations, kIssued);
  secret.cluster_role = At(annotations, kRole);
  secret.token_lifetime = At(annotations, kLifetime);
  secret.token_renew_before = At(annotations, kRenewBefore);
  for (const auto& [name, text] : annotations) {
    if (absl::StartsWith(name, fleet::kValuesAnnotation)) {
      secret.values[std::string(absl::StripPrefix(name, fleet::kValuesAnnotation))] = text;
    }
  }
  secret.server = DataAt(object, "/data/server");
  const Json config = Json::parse(DataAt(object, "/data/config"), nullptr, false);
  secret.token = SecretString(kubernetes::StringAt(config, "/bearerToken"));
  secret.ca_certificate = DataAt(config, "/tlsClientConfig/caData");
  return secret;
}

bool IsWhole(const FleetRef& fleet, const std::string& cluster_id, const Json& object) {
  ClusterSecret secret = SecretFrom(fleet, object);
  secret.cluster_id = cluster_id;
  secret.joined = true;
  return monitoring_stack::Includes(object, ToObject(secret));
}

ClusterSecret WantedOf(const FleetRef& fleet, const FleetMemberModel& model) {
  ClusterSecret secret;
  secret.fleet = fleet;
  secret.member = model.name.value_or("");
  secret.cluster_id = model.cluster_id.value_or("");
  secret.cluster_role = model.cluster_role.value_or(kClusterRole);
  secret.token_lifetime = model.token_lifetime.value_or(kTokenLifetime);
  secret.token_renew_before = model.token_renew_before.value_or(kTokenRenewBefore);
  secret.labels = KnownOf(model.labels);
  secret.annotations = KnownOf(model.annotations);
  secret.values = KnownOf(model.values);
  return secret;
}

void Reflect(const ClusterSecret& secret, FleetMemberModel& state) {
  state.id = absl::StrCat(secret.fleet.Id(), "/", state.name.value_or(secret.member));
  if (state.cluster_id.is_null()) {
    state.cluster_id = secret.cluster_id;  // a label that somebody changed moves no cluster
  }
  state.cluster_role = secret.cluster_role;
  state.token_lifetime = secret.token_lifetime;
  state.token_renew_before = secret.token_renew_before;
  ReadMap(secret.labels, state.labels);
  ReadMap(secret.annotations, state.annotations);
  ReadMap(secret.values, state.values);
  state.server = secret.server;
  state.token_expires_at = TextOf(secret.TokenExpires());
  state.token_renew_at = TextOf(secret.TokenRenewal());
}

}  // namespace kproto::fleet_member
