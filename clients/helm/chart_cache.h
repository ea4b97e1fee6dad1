// SPDX-License-Identifier: MPL-2.0
// ChartCache: charts as local archives, each fetched once by `helm pull` however many calls want it
// and on however many threads. Lives as long as its client, so a newer chart is seen by the next
// run. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "clients/helm/helm.h"
#include "clients/helm/helm_program.h"

namespace kproto::helm {

class ChartCache {
 public:
  // `program` must outlive this object.
  explicit ChartCache(HelmProgram* program) : program_(program) {}

  // Path of the chart's .tgz. A failure is not remembered.
  absl::StatusOr<std::string> Fetch(const ChartRef& chart, const Call& call);

 private:
  struct Entry {
    std::mutex mutex;  // held while fetching: others wait for the result
    std::string path;
  };
  absl::StatusOr<std::string> Pull(const ChartRef& chart, const Call& call);

  HelmProgram* const program_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;
};

}  // namespace kproto::helm
