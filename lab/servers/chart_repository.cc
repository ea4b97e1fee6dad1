// SPDX-License-Identifier: MPL-2.0
#include "lab/servers/chart_repository.h"

#include <httplib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "base/subprocess.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

namespace fs = std::filesystem;

absl::Status Copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::copy(from, to, fs::copy_options::recursive, error);
  return error ? absl::InternalError(absl::StrCat("copying ", from.string(), ": ", error.message()))
               : absl::OkStatus();
}

absl::Status Helm(const ChartPacking& packing, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), packing.helm);
  // A private home: the user's repositories and plugins have no part in this.
  const std::string home = packing.destination + ".work/home";
  KPROTO_ASSIGN_OR_RETURN(
      const CommandResult result,
      Run({.argv = arguments, .environment = {{"HOME", home}, {"PATH", "/usr/bin:/bin"}}}));
  return result.exit_code == 0
             ? absl::OkStatus()
             : absl::InternalError(absl::StrCat("helm ", arguments[1], ": ", result.err));
}

// What decides the outcome: every file's path, size and time, and the tools.
std::string Fingerprint(const ChartPacking& packing) {
  std::set<std::string> lines = {packing.helm, packing.argocd_crds};
  for (const std::string& root : {packing.charts, packing.argocd_crds}) {
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
      if (entry.is_regular_file(error)) {
        lines.insert(absl::StrCat(entry.path().string(), " ", entry.file_size(error), " ",
                                  entry.last_write_time(error).time_since_epoch().count()));
      }
    }
  }
  return absl::StrJoin(lines, "\n");
}

absl::Status AddCrds(const ChartPacking& packing, const fs::path& chart) {
  std::error_code error;
  for (const auto& file : fs::directory_iterator(packing.argocd_crds, error)) {
    const std::string name = file.path().filename().string();
    if (absl::EndsWith(name, "-crd.yaml")) {
      KPROTO_RETURN_IF_ERROR(Copy(file.path(), chart / "files" / "crds" / name));
    }
  }
  return error ? absl::NotFoundError(absl::StrCat(packing.argocd_crds, ": ", error.message()))
               : absl::OkStatus();
}

absl::Status Pack(const ChartPacking& packing, const ChartEntry& entry) {
  const fs::path work = fs::path(packing.destination + ".work") /
                        absl::StrCat(entry.repository, "-", entry.version) / entry.chart;
  const std::string repository = absl::StrCat(packing.destination, "/", entry.repository);
  KPROTO_RETURN_IF_ERROR(Copy(fs::path(packing.charts) / entry.chart, work));
  if (entry.chart == "argo-cd") {
    KPROTO_RETURN_IF_ERROR(AddCrds(packing, work));
  }
  if (entry.deprecated) {
    std::ofstream(work / "Chart.yaml", std::ios::app) << "deprecated: true\n";
  }
  return Helm(packing, {"package", work.string(), "--version", entry.version, "--app-version",
                        entry.app_version, "--destination", repository});
}

absl::Status PackAll(const ChartPacking& packing, const std::vector<ChartEntry>& entries) {
  std::set<std::string> repositories;
  for (const ChartEntry& entry : entries) {
    KPROTO_RETURN_IF_ERROR(Pack(packing, entry));
    repositories.insert(absl::StrCat(packing.destination, "/", entry.repository));
  }
  for (const std::string& repository : repositories) {
    KPROTO_RETURN_IF_ERROR(Helm(packing, {"repo", "index", repository}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ChartEntry>> ParseChartIndex(absl::string_view text) {
  std::vector<ChartEntry> entries;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (fields.empty() || absl::StartsWith(fields[0], "#")) {
      continue;
    }
    const bool deprecated = fields.size() == 5 && fields[4] == "deprecated";
    if (fields.size() != 4 && !deprecated) {
      return absl::InvalidArgumentError(absl::StrCat("charts/index: not understood: ", line));
    }
    entries.push_back({fields[0], fields[1], fields[2], fields[3], deprecated});
  }
  return entries;
}

absl::Status PackCharts(const ChartPacking& packing) {
  const std::string stamp = packing.destination + ".packed-from";
  const std::string fingerprint = Fingerprint(packing);
  if (ReadFile(stamp).value_or("") == fingerprint) {
    return absl::OkStatus();
  }
  KPROTO_ASSIGN_OR_RETURN(const std::string index, ReadFile(packing.charts + "/index"));
  KPROTO_ASSIGN_OR_RETURN(const std::vector<ChartEntry> entries, ParseChartIndex(index));
  std::error_code ignored;
  fs::remove_all(packing.destination, ignored);
  fs::remove_all(packing.destination + ".work", ignored);
  const absl::Status packed = PackAll(packing, entries);
  fs::remove_all(packing.destination + ".work", ignored);
  return packed.ok() ? WritePrivateFile(stamp, fingerprint) : packed;
}

void ServeCharts(httplib::Server& server, const std::string& directory) {
  server.set_file_extension_and_mimetype_mapping("tgz", "application/gzip");
  server.set_file_extension_and_mimetype_mapping("yaml", "application/yaml");
  server.set_mount_point("/", directory);
}

}  // namespace kproto::lab
