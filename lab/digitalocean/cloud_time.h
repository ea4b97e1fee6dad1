// SPDX-License-Identifier: MPL-2.0
// CloudTime: the simulated cloud's clock. Durations are said in cloud time (what they take at
// DigitalOcean) and pass `factor` times faster. Moments are kept as Unix microseconds of real time,
// so states are computed from them after a restart as before it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kproto::lab {

class CloudTime {
 public:
  // now: the real time; tests pass their own.
  CloudTime(double factor, std::function<absl::Time()> now)
      : factor_(factor > 0 ? factor : 1), now_(now ? std::move(now) : absl::Now) {}

  double factor() const { return factor_; }
  absl::Time Now() const { return now_(); }
  int64_t Micros() const { return absl::ToUnixMicros(Now()); }

  // The real moment when this much cloud time will have passed.
  int64_t After(absl::Duration cloud) const { return Micros() + Scaled(cloud); }
  bool Passed(int64_t micros) const { return Micros() >= micros; }
  // Cloud time as real microseconds.
  int64_t Scaled(absl::Duration cloud) const {
    return static_cast<int64_t>(absl::ToDoubleMicroseconds(cloud) / factor_);
  }

  // "2026-08-07T12:00:00Z"
  std::string Stamp() const { return Stamp(Now()); }
  static std::string Stamp(absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
  }

 private:
  double factor_;
  std::function<absl::Time()> now_;
};

// What things take at DigitalOcean (cloud time).
inline constexpr absl::Duration kClusterProvisioning = absl::Seconds(240);
inline constexpr absl::Duration kClusterDeleting = absl::Seconds(60);
inline constexpr absl::Duration kControlPlaneUpgrade = absl::Seconds(150);
inline constexpr absl::Duration kNodeProvisioning = absl::Seconds(90);
// Nodes of a new cluster start while the control plane does: ready a little after it.
inline constexpr absl::Duration kFirstNodesProvisioning = absl::Seconds(270);
// A kubelet registers its node so long before DigitalOcean calls it running.
inline constexpr absl::Duration kNodeJoinsBefore = absl::Seconds(15);
inline constexpr absl::Duration kNodeDraining = absl::Seconds(30);
inline constexpr absl::Duration kPeeringProvisioning = absl::Seconds(30);
inline constexpr absl::Duration kPeeringDeleting = absl::Seconds(20);
inline constexpr absl::Duration kNatGatewayProvisioning = absl::Seconds(120);
inline constexpr absl::Duration kNatGatewayDeleting = absl::Seconds(60);
inline constexpr absl::Duration kFirewallApplying = absl::Seconds(5);
inline constexpr absl::Duration kClusterlint = absl::Seconds(10);
inline constexpr absl::Duration kVpcMemberLingers = absl::Seconds(20);
inline constexpr absl::Duration kLoadBalancerProvisioning = absl::Seconds(60);
inline constexpr absl::Duration kLoadBalancerBusy = absl::Seconds(5);
inline constexpr absl::Duration kVolumeAction = absl::Seconds(3);

}  // namespace kproto::lab
