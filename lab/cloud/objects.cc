// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/objects.h"

#include <cmath>
#include <functional>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "lab/kubernetes/json.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

// The resource version makes the API server refuse the patch when someone else was quicker.
absl::Status PatchFinalizers(ApiClient& api, const std::string& path, const json& object,
                             const json& finalizers) {
  const json patch = {{"metadata",
                       {{"finalizers", finalizers},
                        {"resourceVersion", Text(object, {"metadata", "resourceVersion"})}}}};
  const absl::Status patched = api.MergePatch(path, patch).status();
  return absl::IsNotFound(patched) ? absl::OkStatus() : patched;
}

}  // namespace

std::string NamespacedPath(const json& object, absl::string_view plural) {
  return absl::StrCat("/api/v1/namespaces/", Text(object, {"metadata", "namespace"}), "/", plural,
                      "/", Text(object, {"metadata", "name"}));
}

bool HasFinalizer(const json& object, absl::string_view finalizer) {
  for (const json& entry : Items(object, {"metadata", "finalizers"})) {
    if (entry == std::string(finalizer)) {
      return true;
    }
  }
  return false;
}

absl::Status AddFinalizer(ApiClient& api, const std::string& path, const json& object,
                          const std::string& finalizer) {
  json finalizers = Items(object, {"metadata", "finalizers"});
  finalizers.push_back(finalizer);
  return PatchFinalizers(api, path, object, finalizers);
}

absl::Status RemoveFinalizer(ApiClient& api, const std::string& path, const json& object,
                             const std::string& finalizer) {
  json kept = json::array();
  for (const json& entry : Items(object, {"metadata", "finalizers"})) {
    if (entry != finalizer) {
      kept.push_back(entry);
    }
  }
  return PatchFinalizers(api, path, object, kept);
}

void Warn(ApiClient& api, const json& object, const std::string& kind, const std::string& reason,
          const std::string& message) {
  const std::string name = Text(object, {"metadata", "name"});
  const std::string space = Text(object, {"metadata", "namespace"});
  const std::string uid = Text(object, {"metadata", "uid"});
  const size_t hash = std::hash<std::string>()(absl::StrCat(uid, reason, message));
  const std::string now = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone());
  const json event = {
      {"apiVersion", "v1"},
      {"kind", "Event"},
      {"metadata", {{"name", absl::StrFormat("%s.%016x", name, hash)}, {"namespace", space}}},
      {"involvedObject",
       {{"apiVersion", "v1"}, {"kind", kind}, {"name", name}, {"namespace", space}, {"uid", uid}}},
      {"type", "Warning"},
      {"reason", reason},
      {"message", message},
      {"source", {{"component", "kproto-lab"}}},
      {"firstTimestamp", now},
      {"lastTimestamp", now},
      {"count", 1}};
  // An Event is a courtesy: that it exists already, or cannot be written, changes nothing.
  api.Create(absl::StrCat("/api/v1/namespaces/", space, "/events"), event).IgnoreError();
}

absl::StatusOr<int64_t> Gibibytes(absl::string_view quantity) {
  static const std::map<std::string, double>& units =
      *new std::map<std::string, double>{{"", 1},
                                         {"k", 1e3},
                                         {"M", 1e6},
                                         {"G", 1e9},
                                         {"T", 1e12},
                                         {"P", 1e15},
                                         {"Ki", 1024.0},
                                         {"Mi", std::pow(1024, 2)},
                                         {"Gi", std::pow(1024, 3)},
                                         {"Ti", std::pow(1024, 4)},
                                         {"Pi", std::pow(1024, 5)}};
  const size_t end = quantity.find_last_of("0123456789.") + 1;
  const auto unit = units.find(std::string(quantity.substr(end)));
  double number = 0;
  if (unit == units.end() || !absl::SimpleAtod(quantity.substr(0, end), &number) || number < 0) {
    return absl::InvalidArgumentError(absl::StrCat("not a quantity of bytes: ", quantity));
  }
  return static_cast<int64_t>(std::ceil(number * unit->second / std::pow(1024, 3)));
}

}  // namespace kproto::lab
