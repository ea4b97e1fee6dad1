// SPDX-License-Identifier: MPL-2.0
// ChartStore: chart archives on disk, in a directory of the user's own (0700), so that a later run
// need not fetch a version of a chart again: published versions never change. An archive's name
// carries the digest of its content, so one that was cut short or altered is not used. A store that
// cannot be read or written is an empty one, never an error. Thread-safe, also between processes.
#pragma once

#include <string>

#include "clients/helm/helm.h"

namespace kproto::helm {

// $XDG_CACHE_HOME/kproto/charts, or ~/.cache/kproto/charts; "" without a home.
std::string DefaultChartStore();

class ChartStore {
 public:
  // "" keeps nothing.
  explicit ChartStore(std::string directory) : directory_(std::move(directory)) {}

  // Path of the archive; "" when there is none.
  std::string Find(const ChartRef& chart) const;
  void Keep(const ChartRef& chart, const std::string& archive) const;

 private:
  // Whether this version of the chart is the same whenever it is asked for: it is named, and does
  // not come from a server on this machine, where people try out charts of their own.
  bool Keeps(const ChartRef& chart) const;

  const std::string directory_;
};

}  // namespace kproto::helm
