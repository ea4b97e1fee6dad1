// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/chart_cache.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "clients/helm/chart_archive.h"

namespace kproto::helm {
namespace {

constexpr char kFolder[] = "file:///";

}  // namespace

ChartCache::Entry& ChartCache::EntryOf(const ChartRef& chart) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<Entry>& slot = entries_[chart.ToString()];
  if (slot == nullptr) {
    slot = std::make_unique<Entry>();
  }
  return *slot;
}

absl::StatusOr<std::string> ChartCache::PathIn(Entry& entry, const ChartRef& chart,
                                               const Call& call) {
  if (entry.path.empty()) {
    entry.path = store_.Find(chart);
  }
  if (entry.path.empty()) {
    KPROTO_ASSIGN_OR_RETURN(entry.path, Pull(chart, call));
    store_.Keep(chart, entry.path);
  }
  return entry.path;
}

absl::StatusOr<std::string> ChartCache::Fetch(const ChartRef& chart, const Call& call) {
  if (absl::StartsWith(chart.repo_url, kFolder)) {
    return chart.repo_url.substr(sizeof(kFolder) - 2);  // with the slash that begins the path
  }
  Entry& entry = EntryOf(chart);
  std::lock_guard lock(entry.mutex);
  return PathIn(entry, chart, call);
}

absl::StatusOr<std::shared_ptr<const ChartContents>> ChartCache::Read(const ChartRef& chart,
                                                                      const Call& call) {
  Entry& entry = EntryOf(chart);
  std::lock_guard lock(entry.mutex);
  if (entry.contents == nullptr) {
    KPROTO_ASSIGN_OR_RETURN(const std::string path, PathIn(entry, chart, call));
    std::ifstream in(path, std::ios::binary);
    absl::StatusOr<ChartContents> contents =
        ContentsOf(std::string{std::istreambuf_iterator<char>(in), {}});
    if (!contents.ok()) {
      return Annotate(contents.status(), chart.ToString());
    }
    entry.contents = std::make_shared<const ChartContents>(*std::move(contents));
  }
  return entry.contents;
}

absl::StatusOr<std::string> ChartCache::Pull(const ChartRef& chart, const Call& call) {
  // A name that looks like a flag or a path would mean something else to helm.
  if (chart.name.empty() || chart.name[0] == '-' || absl::StrContains(chart.name, "/") ||
      chart.repo_url.empty() || chart.repo_url[0] == '-') {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", chart.name, "\" of \"", chart.repo_url, "\" does not name a chart"));
  }
  KPROTO_ASSIGN_OR_RETURN(const HelmProgram::Ready* ready, program_->Prepare(call));
  const std::string dir = *ready->dir / absl::StrCat("charts-", RandomHex(8));
  std::error_code error;
  std::filesystem::create_directory(dir, error);
  if (error) {
    return absl::InternalError(absl::StrCat("cannot make ", dir, ": ", error.message()));
  }
  std::vector<std::string> args = {"pull", "--destination", dir};
  if (absl::StartsWith(chart.repo_url, "oci://")) {
    args.push_back(absl::StrCat(chart.repo_url, "/", chart.name));
  } else {
    args.insert(args.end(), {chart.name, "--repo", chart.repo_url});
  }
  if (!chart.version.empty()) {
    args.push_back(absl::StrCat("--version=", chart.version));
  }
  const absl::StatusOr<std::string> out = program_->Run(args, "", call);
  if (!out.ok()) {
    return Annotate(out.status(), chart.ToString());
  }
  for (const auto& file : std::filesystem::directory_iterator(dir, error)) {
    if (file.path().extension() == ".tgz") {
      return file.path().string();
    }
  }
  return absl::NotFoundError(absl::StrCat(chart.ToString(), ": helm pull left no archive"));
}

}  // namespace kproto::helm
