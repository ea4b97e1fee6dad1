// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/chart_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/digest.h"
#include "base/random.h"

namespace kproto::helm {
namespace {

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The first part of an archive's name.
std::string KeyOf(const ChartRef& chart) {
  return absl::StrCat(chart.name, "-", Sha256Hex(chart.ToString()).substr(0, 16), "-");
}

bool IsOnThisMachine(absl::string_view url) {
  const size_t scheme = url.find("://");
  const absl::string_view host = scheme == absl::string_view::npos ? url : url.substr(scheme + 3);
  return absl::StartsWith(host, "127.") || absl::StartsWith(host, "localhost") ||
         absl::StartsWith(host, "[::1]");
}

// What others may write is not to be trusted.
bool IsOurs(const std::string& directory) {
  struct stat info = {};
  return stat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() &&
         (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

std::string DefaultChartStore() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') {
    return absl::StrCat(cache, "/kproto/charts");
  }
  const char* home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? absl::StrCat(home, "/.cache/kproto/charts") : "";
}

bool ChartStore::Keeps(const ChartRef& chart) const {
  return !directory_.empty() && !chart.version.empty() && !IsOnThisMachine(chart.repo_url);
}

std::string ChartStore::Find(const ChartRef& chart) const {
  if (!Keeps(chart) || !IsOurs(directory_)) {
    return "";
  }
  const std::string key = KeyOf(chart);
  std::error_code error;
  for (fs::directory_iterator it(directory_, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    absl::string_view digest = name;
    if (absl::ConsumePrefix(&digest, key) && absl::ConsumeSuffix(&digest, ".tgz") &&
        Sha256Hex(Content(it->path())) == digest) {
      return it->path().string();
    }
  }
  return "";
}

void ChartStore::Keep(const ChartRef& chart, const std::string& archive) const {
  if (!Keeps(chart)) {
    return;
  }
  std::error_code error;
  if (!fs::exists(directory_, error)) {
    fs::create_directories(fs::path(directory_).parent_path(), error);
    mkdir(directory_.c_str(), 0700);
  }
  if (!IsOurs(directory_)) {
    return;
  }
  const fs::path final_path =
      fs::path(directory_) / absl::StrCat(KeyOf(chart), Sha256Hex(Content(archive)), ".tgz");
  const fs::path partial = fs::path(directory_) / absl::StrCat(".", RandomHex(8));
  fs::copy_file(archive, partial, error);
  if (!error) {
    fs::rename(partial, final_path, error);
  }
  if (error) {
    fs::remove(partial, error);
  }
}

}  // namespace kproto::helm
