// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_fleet_member. The tables in model.cc are the
// one declaration of every attribute.
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

// What goes without saying.
inline constexpr char kClusterRole[] = "cluster-admin";
inline constexpr char kTokenLifetime[] = "2160h";
inline constexpr char kTokenRenewBefore[] = "720h";

// The duration that `text` says; that of `otherwise` when it says none.
absl::Duration DurationOr(const std::string& text, const char* otherwise);

// One Application of the member.
struct FleetMemberApplication {
  Attr<std::string> application, revision, sync, health;
  static const Table<FleetMemberApplication>& Fields();
};

struct FleetMemberModel {
  Attr<std::string> id, fleet_id, name, cluster_id;
  Attr<MapOf<std::string>> labels, annotations, values;
  Attr<std::string> cluster_role, token_lifetime, token_renew_before;
  Attr<Timeouts> timeouts;

  Attr<std::string> server, token_expires_at, token_renew_at;
  Attr<MapOf<FleetMemberApplication>> applications;
  Attr<ListOf<std::string>> drift;
  static const Table<FleetMemberModel>& Fields();
};

}  // namespace kproto
