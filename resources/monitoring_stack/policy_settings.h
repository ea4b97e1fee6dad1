// SPDX-License-Identifier: MPL-2.0
// The parts of a kproto_monitoring_stack that say what to do when the world is not as it was left.
// Their tables are in policy_settings.cc.
#pragma once

#include <string>

#include "provider/schema/model.h"

namespace kproto {

// What a plan does about drift of each layer: "fix", "warn" or "ignore"; null is "fix".
struct StackOnDrift {
  Attr<std::string> release, objects, applications;
  static const Table<StackOnDrift>& Fields();
};

// What was found, in sentences.
struct StackDriftLayers {
  Attr<ListOf<std::string>> release, objects, applications;
  static const Table<StackDriftLayers>& Fields();
};

}  // namespace kproto
