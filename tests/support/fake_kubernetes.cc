// SPDX-License-Identifier: MPL-2.0
#include "tests/support/fake_kubernetes.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto::testing {
namespace {

using kubernetes::Json;

// Takes out of `object` what was applied before and is not applied now, as server-side apply does.
void Prune(Json& object, const Json& before, const Json& now) {
  if (!object.is_object() || !before.is_object()) {
    return;
  }
  for (const auto& [key, old] : before.items()) {
    if (!object.contains(key)) {
      continue;
    }
    if (!now.is_object() || !now.contains(key)) {
      object.erase(key);
    } else {
      Prune(object[key], old, now[key]);
    }
  }
}

void Merge(Json& object, const Json& from) {
  if (!object.is_object() || !from.is_object()) {
    object = from;
    return;
  }
  for (const auto& [key, value] : from.items()) {
    Merge(object[key], value);
  }
}

// Equality selectors only: "a=b,c!=d,e".
bool Selected(const Json& object, absl::string_view selector) {
  const Json labels = object.value("/metadata/labels"_json_pointer, Json::object());
  for (absl::string_view term : absl::StrSplit(selector, ',', absl::SkipEmpty())) {
    const bool negated = absl::StrContains(term, "!=");
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(term, absl::MaxSplits(negated ? "!=" : "=", 1));
    if (!absl::StrContains(term, "=")) {
      if (!labels.contains(pair.first)) {
        return false;
      }
    } else if ((labels.value(pair.first, "") == pair.second) == negated) {
      return false;
    }
  }
  return true;
}

}  // namespace

FakeKubernetes::FakeKubernetes() {
  for (const char* name : {"default", "kube-system"}) {
    Put({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}});
  }
}

FakeKubernetes::Id FakeKubernetes::IdOf(const ObjectKey& key) {
  return {key.api_version, key.kind, key.ns, key.name};
}

Json FakeKubernetes::Store(const Id& id, Json object) {
  Json& metadata = object["metadata"];
  const auto old = objects_.find(id);
  int64_t generation = 1;
  if (old != objects_.end()) {
    generation = old->second["metadata"].value("generation", 1);
    generation += old->second.value("spec", Json()) != object.value("spec", Json()) ? 1 : 0;
    metadata["uid"] = old->second["metadata"]["uid"];
  }
  metadata["resourceVersion"] = absl::StrCat(++revision_);
  metadata["generation"] = generation;
  if (!metadata.contains("uid")) {
    metadata["uid"] = absl::StrCat("uid-", revision_);
  }
  return objects_[id] = std::move(object);
}

void FakeKubernetes::Put(Json object) {
  std::lock_guard lock(mutex_);
  const ObjectKey key = kubernetes::KeyOf(object);
  Store(IdOf(key), std::move(object));
}

void FakeKubernetes::Remove(const ObjectKey& key) {
  std::lock_guard lock(mutex_);
  objects_.erase(IdOf(key));
  applied_.erase(IdOf(key));
}

std::optional<Json> FakeKubernetes::Find(const ObjectKey& key) const {
  std::lock_guard lock(mutex_);
  const auto found = objects_.find(IdOf(key));
  return found == objects_.end() ? std::nullopt : std::optional<Json>(found->second);
}

std::vector<kubernetes::ObjectKey> FakeKubernetes::Keys() const {
  std::lock_guard lock(mutex_);
  std::vector<ObjectKey> keys;
  for (const auto& [id, object] : objects_) {
    keys.push_back({std::get<0>(id), std::get<1>(id), std::get<2>(id), std::get<3>(id)});
  }
  return keys;
}

void FakeKubernetes::HideKind(const std::string& kind) {
  std::lock_guard lock(mutex_);
  hidden_.insert(kind);
}

void FakeKubernetes::ShowKind(const std::string& kind) {
  std::lock_guard lock(mutex_);
  hidden_.erase(kind);
}

void FakeKubernetes::OnWrite(std::function<void(const ObjectKey&)> controller) {
  std::lock_guard lock(mutex_);
  controller_ = std::move(controller);
}

void FakeKubernetes::Then(std::function<void()> step) {
  std::lock_guard lock(mutex_);
  steps_.push_back(std::move(step));
}

void FakeKubernetes::TellTime(std::function<absl::Time()> now) {
  std::lock_guard lock(mutex_);
  now_ = std::move(now);
}

void FakeKubernetes::SetVersion(kubernetes::Version version) {
  std::lock_guard lock(mutex_);
  version_ = std::move(version);
}

void FakeKubernetes::OnProxy(
    std::function<absl::StatusOr<kubernetes::ServiceResponse>(const kubernetes::ServiceRequest&)>
        service) {
  std::lock_guard lock(mutex_);
  service_ = std::move(service);
}

absl::Status FakeKubernetes::Begin(std::string line, const Call& call) {
  if (call.stop.stop_requested()) {
    return absl::CancelledError("interrupted");
  }
  return log.Record(std::move(line));
}

void FakeKubernetes::Wrote(const ObjectKey& key) {
  std::function<void(const ObjectKey&)> controller;
  {
    std::lock_guard lock(mutex_);
    controller = controller_;
  }
  if (controller) {
    controller(key);
  }
}

absl::StatusOr<std::optional<Json>> FakeKubernetes::Get(const ObjectKey& key, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("get ", key.ToString()), call); !s.ok()) {
    return s;
  }
  return Find(key);
}

absl::StatusOr<std::vector<Json>> FakeKubernetes::List(absl::string_view api_version,
                                                       absl::string_view kind,
                                                       const kubernetes::ListOptions& options,
                                                       const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("list ", kind, " ", options.ns), call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  std::vector<Json> items;
  for (const auto& [id, object] : objects_) {
    if (std::get<0>(id) == api_version && std::get<1>(id) == kind &&
        (options.ns.empty() || options.ns == std::get<2>(id)) &&
        Selected(object, options.label_selector)) {
      items.push_back(object);
    }
  }
  return items;
}

absl::StatusOr<Json> FakeKubernetes::Apply(const Json& object, kubernetes::Conflicts,
                                           const Call& call) {
  const ObjectKey key = kubernetes::KeyOf(object);
  if (absl::Status s = Begin(absl::StrCat("apply ", key.ToString()), call); !s.ok()) {
    return s;
  }
  Json stored;
  {
    std::lock_guard lock(mutex_);
    if (hidden_.contains(key.kind)) {
      return absl::NotFoundError(absl::StrCat("the cluster does not know the kind ", key.kind));
    }
    if (!key.ns.empty() && !objects_.contains(IdOf({"v1", "Namespace", "", key.ns}))) {
      return absl::NotFoundError(absl::StrCat("namespaces \"", key.ns, "\" not found"));
    }
    const auto old = objects_.find(IdOf(key));
    stored = old == objects_.end() ? Json::object() : old->second;
    Prune(stored, applied_[IdOf(key)], object);
    Merge(stored, object);
    applied_[IdOf(key)] = object;
    stored = Store(IdOf(key), std::move(stored));
  }
  Wrote(key);
  return stored;
}

absl::StatusOr<Json> FakeKubernetes::Patch(const ObjectKey& key, kubernetes::PatchType type,
                                           const Json& patch, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("patch ", key.ToString()), call); !s.ok()) {
    return s;
  }
  Json stored;
  {
    std::lock_guard lock(mutex_);
    const auto old = objects_.find(IdOf(key));
    if (old == objects_.end()) {
      return absl::NotFoundError(absl::StrCat(key.ToString(), " not found"));
    }
    stored = old->second;
    if (type == kubernetes::PatchType::kMerge) {
      stored.merge_patch(patch);
    } else {
      try {
        stored = stored.patch(patch);
      } catch (const Json::other_error& failed_test) {  // anything else is a mistake of the test
        return absl::InvalidArgumentError(failed_test.what());
      }
    }
    stored = Store(IdOf(key), std::move(stored));
    const Json& metadata = stored["metadata"];
    if (metadata.contains("deletionTimestamp") &&
        metadata.value("finalizers", Json::array()).empty()) {
      objects_.erase(IdOf(key));
      applied_.erase(IdOf(key));
    }
  }
  Wrote(key);
  return stored;
}

absl::Status FakeKubernetes::Delete(const ObjectKey& key, kubernetes::Propagation,
                                    const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("delete ", key.ToString()), call); !s.ok()) {
    return s;
  }
  {
    std::lock_guard lock(mutex_);
    const auto old = objects_.find(IdOf(key));
    if (old == objects_.end()) {
      return absl::OkStatus();
    }
    if (old->second["metadata"].value("finalizers", Json::array()).empty()) {
      objects_.erase(old);
      applied_.erase(IdOf(key));
      return absl::OkStatus();
    }
    Json object = old->second;
    object["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    Store(IdOf(key), std::move(object));
  }
  Wrote(key);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Json>> FakeKubernetes::WaitUntil(const ObjectKey& key,
                                                              const Predicate& done,
                                                              const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("wait ", key.ToString()), call); !s.ok()) {
    return s;
  }
  while (true) {
    if (call.stop.stop_requested()) {
      return absl::CancelledError("interrupted");
    }
    const std::optional<Json> object = Find(key);
    const absl::StatusOr<bool> enough = done(object.has_value() ? &*object : nullptr);
    if (!enough.ok()) {
      return enough.status();
    }
    if (*enough) {
      return object;
    }
    std::function<void()> step;
    {
      std::lock_guard lock(mutex_);
      if (steps_.empty()) {
        return absl::DeadlineExceededError(absl::StrCat("timed out waiting for ", key.ToString()));
      }
      step = std::move(steps_.front());
      steps_.pop_front();
    }
    step();
  }
}

absl::StatusOr<kubernetes::ServiceAccountToken> FakeKubernetes::RequestToken(
    const std::string& ns, const std::string& account, absl::Duration lifetime, const Call& call) {
  if (absl::Status s = Begin(absl::StrCat("token ", ns, "/", account), call); !s.ok()) {
    return s;
  }
  const std::optional<Json> object = Find({"v1", "ServiceAccount", ns, account});
  if (!object) {
    return absl::NotFoundError(absl::StrCat("serviceaccounts \"", account, "\" not found"));
  }
  std::lock_guard lock(mutex_);
  const absl::Time expires = now_() + lifetime;
  const Json claims = {{"exp", absl::ToUnixSeconds(expires)},
                       {"jti", ++revision_},
                       {"uid", (*object)["metadata"]["uid"]}};
  return kubernetes::ServiceAccountToken{
      SecretString(absl::StrCat("e30.", absl::WebSafeBase64Escape(claims.dump()), ".signature")),
      expires};
}

absl::StatusOr<kubernetes::Version> FakeKubernetes::GetVersion(const Call& call) {
  if (absl::Status s = Begin("version", call); !s.ok()) {
    return s;
  }
  std::lock_guard lock(mutex_);
  return version_;
}

absl::StatusOr<kubernetes::ServiceResponse> FakeKubernetes::Proxy(
    const kubernetes::ServiceRequest& request, const Call& call) {
  const std::string line = absl::StrCat("proxy ", request.ns, "/", request.service, ":",
                                        request.port, "/", request.path);
  if (absl::Status s = Begin(line, call); !s.ok()) {
    return s;
  }
  std::function<absl::StatusOr<kubernetes::ServiceResponse>(const kubernetes::ServiceRequest&)> to;
  {
    std::lock_guard lock(mutex_);
    to = service_;
  }
  if (!to) {
    return absl::UnavailableError(
        absl::StrCat("no endpoints available for service ", request.service));
  }
  return to(request);
}

}  // namespace kproto::testing
