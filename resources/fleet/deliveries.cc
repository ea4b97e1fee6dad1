// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/deliveries.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/fleet/application_sets.h"

namespace kproto::fleet {
namespace {

using kubernetes::StringAt;

std::string LabelIn(const std::map<std::string, std::string>& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? "" : found->second;
}

const argocd::Observed* Find(const std::vector<argocd::Observed>& applications,
                             const std::string& name) {
  const auto found =
      std::find_if(applications.begin(), applications.end(), [&](const argocd::Observed& one) {
        return LabelIn(one.application.labels, kApplicationLabel) == name;
      });
  return found == applications.end() ? nullptr : &*found;
}

Delivered Of(argocd::Verdict::Kind kind) {
  switch (kind) {
    case argocd::Verdict::Kind::kDone:
      return Delivered::kYes;
    case argocd::Verdict::Kind::kFailed:
      return Delivered::kFailed;
    case argocd::Verdict::Kind::kProgressing:
      break;
  }
  return Delivered::kNotYet;
}

}  // namespace

std::string Delivering::ToString() const {
  return absl::StrCat("member ", member, ": ", application, ": ", reason);
}

std::vector<Delivering> LookAt(const std::vector<Json>& application_sets,
                               const std::vector<argocd::Observed>& applications,
                               const std::string& member, const std::string& member_revision,
                               const argocd::VerdictOptions& options) {
  std::vector<Delivering> all;
  for (const Json& set : application_sets) {
    Delivering one;
    one.member = member;
    one.application = kubernetes::LabelOf(set, kApplicationLabel);
    one.observed = Find(applications, one.application);
    if (one.observed == nullptr) {
      one.delivered = Delivered::kNotYet;
      one.reason = "has no Application yet";
    } else if (!member_revision.empty() &&
               LabelIn(one.observed->application.annotations, kRevisionAnnotation) !=
                   RevisionOf(set, member_revision)) {
      one.delivered = Delivered::kNotYet;
      one.is_old = true;
      one.reason = "its Application is still of an earlier revision of the fleet";
    } else {
      const argocd::Verdict verdict =
          argocd::Judge(one.observed->application, one.observed->state, options);
      one.delivered = Of(verdict.kind);
      one.reason = verdict.reason;
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string TroubleOf(const std::vector<Json>& application_sets) {
  for (const Json& set : application_sets) {
    for (const Json& condition : kubernetes::ListAt(set, "/status/conditions")) {
      if (StringAt(condition, "/type") == "ErrorOccurred" &&
          StringAt(condition, "/status") == "True") {
        return absl::StrCat("ApplicationSet ", kubernetes::KeyOf(set).name, ": ",
                            StringAt(condition, "/reason"), ": ", StringAt(condition, "/message"));
      }
    }
  }
  return "";
}

std::string Explain(std::vector<Delivering> all) {
  std::erase_if(all, [](const Delivering& one) { return one.delivered == Delivered::kYes; });
  std::stable_sort(all.begin(), all.end(), [](const Delivering& a, const Delivering& b) {
    return a.delivered == Delivered::kFailed && b.delivered != Delivered::kFailed;
  });
  constexpr size_t kShown = 12;
  std::string text;
  for (size_t i = 0; i < std::min(all.size(), kShown); ++i) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", all[i].ToString());
  }
  if (all.size() > kShown) {
    absl::StrAppend(&text, "\nand ", all.size() - kShown, " more");
  }
  return text;
}

}  // namespace kproto::fleet
