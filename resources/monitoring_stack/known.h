// SPDX-License-Identifier: MPL-2.0
// Known: what of a planned stack is known, and what hangs on resources that are still to be made.
// Pure.
#pragma once

#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

template <typename... Attrs>
bool NoneUnknown(const Attrs&... attrs) {
  return (!attrs.is_unknown() && ...);
}

// Whether everything that the charts' values are made of is known, but for where the pods go.
bool ValuesAreKnownElsewhere(const MonitoringStackModel& m);
bool ValuesAreKnown(const MonitoringStackModel& m);

// Whether the directories that the values come from are known, so that they can be read.
bool FilesAreKnown(const MonitoringStackModel& m);

// Whether the charts are known too, so that they can be rendered.
bool ChartsAreKnown(const MonitoringStackModel& m);

bool GitIsKnown(const MonitoringStackModel& m);

}  // namespace kproto::monitoring_stack
