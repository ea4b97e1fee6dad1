// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/pod_security.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "provider/runtime/diagnostics.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::StringAt;
using kubernetes::StringMapAt;

constexpr char kPrefix[] = "pod-security.kubernetes.io/";
// Names the labels that kproto has set, and takes away again.
constexpr char kMark[] = "kproto/pod-security";

struct Mode {
  const char* name;
  Attr<std::string> StackPodSecurity::*level;
};
constexpr Mode kModes[] = {{"enforce", &StackPodSecurity::enforce},
                           {"warn", &StackPodSecurity::warn},
                           {"audit", &StackPodSecurity::audit}};

std::string MarkOf(const PodSecurityLabels& labels) {
  std::vector<std::string> names;
  for (const auto& [label, value] : labels) {
    names.emplace_back(absl::StripPrefix(label, kPrefix));
  }
  return absl::StrJoin(names, ",");
}

std::string MarkOn(const Json& ns) { return kubernetes::AnnotationOf(ns, kMark); }

// Those that kproto has set, as they are now.
PodSecurityLabels LabelsOn(const Json& ns) {
  PodSecurityLabels labels = StringMapAt(ns, "/metadata/labels");
  const std::set<std::string> ours = absl::StrSplit(MarkOn(ns), ',', absl::SkipEmpty());
  std::erase_if(labels, [&](const auto& label) {
    return label.first.rfind(kPrefix, 0) != 0 ||
           ours.count(label.first.substr(sizeof(kPrefix) - 1)) == 0;
  });
  return labels;
}

bool IsAsWanted(const Json& ns, const PodSecurityLabels& wanted) {
  return MarkOn(ns) == MarkOf(wanted) && LabelsOn(ns) == wanted;
}

}  // namespace

PodSecurityLabels PodSecurityLabelsOf(const Attr<StackPodSecurity>& attribute) {
  PodSecurityLabels labels;
  if (!attribute.is_known()) {
    return labels;
  }
  for (const Mode& mode : kModes) {
    const Attr<std::string>& level = (*attribute).*mode.level;
    if (level.is_known()) {
      labels[absl::StrCat(kPrefix, mode.name)] = *level;
      if (attribute->version.is_known()) {
        labels[absl::StrCat(kPrefix, mode.name, "-version")] = *attribute->version;
      }
    }
  }
  return labels;
}

Attr<StackPodSecurity> PodSecurityFrom(const Json& ns) {
  if (MarkOn(ns).empty()) {
    return {};
  }
  const PodSecurityLabels labels = LabelsOn(ns);
  StackPodSecurity found;
  for (const Mode& mode : kModes) {
    const auto level = labels.find(absl::StrCat(kPrefix, mode.name));
    const auto version = labels.find(absl::StrCat(kPrefix, mode.name, "-version"));
    if (level != labels.end()) {
      found.*mode.level = level->second;
    }
    if (version != labels.end()) {
      found.version = version->second;
    }
  }
  return found;
}

absl::Status PodSecurityStep::Observe(const StepContext& context) {
  namespaces_.clear();
  found().pod_security.clear();
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const auto& [name, labels] : desired().pod_security) {
    KPROTO_ASSIGN_OR_RETURN(
        const std::optional<Json> ns,
        cluster.kubernetes->Get({"v1", "Namespace", "", name}, CallOf(context)));
    if (ns && StringAt(*ns, "/metadata/deletionTimestamp").empty()) {
      namespaces_[name] = *ns;
      found().pod_security[name] = PodSecurityFrom(*ns);
    }
  }
  return absl::OkStatus();
}

Difference PodSecurityStep::Compare() const {
  for (const auto& [name, labels] : stack_.desired.pod_security) {
    const auto ns = namespaces_.find(name);
    if (ns == namespaces_.end()) {
      if (!labels.empty()) {
        return Difference::Missing(absl::StrCat("Namespace ", name, " is missing"));
      }
    } else if (!IsAsWanted(ns->second, labels)) {
      return Difference::Differs(
          absl::StrCat("Namespace ", name, " is not labelled for pod security as wanted"));
    }
  }
  return Difference::None();
}

absl::Status PodSecurityStep::Label(const Cluster& cluster, const Json& ns,
                                    const PodSecurityLabels& labels, const kubernetes::Call& call) {
  const std::string name = StringAt(ns, "/metadata/name");
  // All that kproto says of the namespace: what is left out here goes.
  Json object = {{"apiVersion", "v1"},
                 {"kind", "Namespace"},
                 {"metadata", {{"name", name}, {"labels", labels}}}};
  if (IsOurs(ns)) {
    object["metadata"]["labels"][kManagedByLabel] = kManagedBy;
  }
  if (!labels.empty()) {
    object["metadata"]["annotations"][kMark] = MarkOf(labels);
  }
  const absl::Status status =
      cluster.kubernetes->Apply(object, kubernetes::Conflicts::kForce, call).status();
  return status.ok() ? status : WithPath(status, Path("pod_security"));
}

absl::Status PodSecurityStep::Apply(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const auto& [name, labels] : desired().pod_security) {
    const auto ns = namespaces_.find(name);
    if (ns != namespaces_.end() && !IsAsWanted(ns->second, labels)) {
      KPROTO_RETURN_IF_ERROR(Label(cluster, ns->second, labels, CallOf(context)));
    }
  }
  return absl::OkStatus();
}

absl::Status PodSecurityStep::Remove(const StepContext& context) {
  KPROTO_ASSIGN_OR_RETURN(Cluster cluster, Connect(context));
  for (const auto& [name, ns] : namespaces_) {
    if (!MarkOn(ns).empty() && !IsOurs(ns)) {
      KPROTO_RETURN_IF_ERROR(Label(cluster, ns, {}, CallOf(context)));
    }
  }
  return absl::OkStatus();
}

}  // namespace kproto::monitoring_stack
