// SPDX-License-Identifier: MPL-2.0
// The Secret by which Argo CD knows a member's cluster, and which is all that kproto remembers of
// the member: the token is here and nowhere else. Pure translation.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "base/secret.h"
#include "resources/fleet/names.h"
#include "resources/fleet_member/model.h"

namespace kproto::fleet_member {

using fleet::FleetRef;
using fleet::Json;

// In RFC 3339 form, to the second.
std::string TimeText(absl::Time time);

struct ClusterSecret {
  FleetRef fleet;
  std::string member, cluster_id;
  std::string server, ca_certificate;  // PEM
  SecretString token;
  std::string token_issued;  // when, in RFC 3339 form
  std::string cluster_role, token_lifetime, token_renew_before;
  std::map<std::string, std::string> labels, annotations;  // the user's
  std::map<std::string, std::string> values;               // YAML, by application
  bool joined = true;                                      // its Applications are wanted

  // Digest of what makes its Applications what they are.
  std::string Revision() const;
  absl::Time TokenExpires() const;
  // From when on it is renewed: as the user says, but never before half its time is over, as an API
  // server may grant less than it was asked for. The past when there is no token.
  absl::Time TokenRenewal() const;
  friend bool operator==(const ClusterSecret&, const ClusterSecret&) = default;
};

Json ToObject(const ClusterSecret& secret);
// Lenient: what is missing or malformed is empty. `fleet` says which hub it was read from.
ClusterSecret SecretFrom(const FleetRef& fleet, const Json& object);

// Whether the object is as this provider writes what it says, for this cluster.
bool IsWhole(const FleetRef& fleet, const std::string& cluster_id, const Json& object);

// As a model wants it, but for server, certificate and token.
ClusterSecret WantedOf(const FleetRef& fleet, const FleetMemberModel& model);
// The other way: what is there into the state's members of the configuration and the token's end.
void Reflect(const ClusterSecret& secret, FleetMemberModel& state);

}  // namespace kproto::fleet_member
