// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/held_by.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::kubernetes {
namespace {

// Who set a finalizer, and when: the API server keeps the owner of every field.
std::string SetBy(const Json& object, const std::string& finalizer) {
  for (const Json& entry : ListAt(object, "/metadata/managedFields")) {
    const Json* finalizers = FieldAt(entry, "/fieldsV1/f:metadata/f:finalizers");
    // A set's members are keyed by their JSON: v:"example.com/backup".
    if (finalizers != nullptr && finalizers->contains(absl::StrCat("v:\"", finalizer, "\""))) {
      return absl::StrCat(" (set by ", StringAt(entry, "/manager"), " at ",
                          StringAt(entry, "/time"), ")");
    }
  }
  return "";
}

// What the namespace controller still finds, and what it cannot even look for.
std::vector<std::string> LeftInNamespace(const Json& object) {
  std::vector<std::string> left;
  for (const Json& condition : ListAt(object, "/status/conditions")) {
    const std::string type = StringAt(condition, "/type");
    if (StringAt(condition, "/status") == "True" && absl::StartsWith(type, "Namespace")) {
      left.push_back(StringAt(condition, "/message"));
    }
  }
  return left;
}

}  // namespace

bool IsHeld(const Json& object) { return !ListAt(object, "/metadata/finalizers").empty(); }

std::string HintForHeld(const ObjectKey& key) {
  return absl::StrCat(
      "Whoever set a finalizer takes it off when its own work is done: see that it runs. If it is "
      "gone for good: kubectl patch ",
      absl::AsciiStrToLower(key.kind), " ", key.name,
      key.ns.empty() ? "" : absl::StrCat(" -n ", key.ns),
      " --type=merge -p '{\"metadata\":{\"finalizers\":null}}'. Then apply or destroy again.");
}

std::string HeldBy(const Json& object) {
  std::vector<std::string> holders;
  for (const std::string& finalizer : StringsAt(object, "/metadata/finalizers")) {
    holders.push_back(absl::StrCat(finalizer, SetBy(object, finalizer)));
  }
  if (!holders.empty()) {
    return absl::StrCat("held by ", absl::StrJoin(holders, ", "));
  }
  return absl::StrJoin(LeftInNamespace(object), " ");
}

}  // namespace kproto::kubernetes
