// SPDX-License-Identifier: MPL-2.0
// ChartCache: charts as local archives, each fetched once by `helm pull` however many calls want it
// and on however many threads, and not at all where an earlier run has kept it (chart_store.h).
// Which chart is the newest is asked anew by every run. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "clients/helm/chart_store.h"
#include "clients/helm/helm.h"
#include "clients/helm/helm_program.h"

namespace kproto::helm {

class ChartCache {
 public:
  // `program` must outlive this object.
  ChartCache(HelmProgram* program, std::string store)
      : program_(program), store_(std::move(store)) {}

  // Path of the chart's .tgz. A failure is not remembered.
  absl::StatusOr<std::string> Fetch(const ChartRef& chart, const Call& call);
  // What the archive says; read once.
  absl::StatusOr<std::shared_ptr<const ChartContents>> Read(const ChartRef& chart,
                                                            const Call& call);

 private:
  struct Entry {
    std::mutex mutex;  // held while fetching: others wait for the result
    std::string path;
    std::shared_ptr<const ChartContents> contents;
  };
  Entry& EntryOf(const ChartRef& chart);
  // With the entry's mutex held.
  absl::StatusOr<std::string> PathIn(Entry& entry, const ChartRef& chart, const Call& call);
  absl::StatusOr<std::string> Pull(const ChartRef& chart, const Call& call);

  HelmProgram* const program_;
  const ChartStore store_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;
};

}  // namespace kproto::helm
