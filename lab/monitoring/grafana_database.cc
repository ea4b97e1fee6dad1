// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/grafana_database.h"

#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

// A lab's password in a file that only its owner can read: more is not called for.
std::string Digest(const std::string& salt, const std::string& password) {
  return Sha256Hex(absl::StrCat(salt, password));
}

json ToJson(const Datasource& one) {
  return {{"uid", one.uid},
          {"name", one.name},
          {"type", one.type},
          {"url", one.url},
          {"is_default", one.is_default},
          {"prune", one.prune}};
}

Datasource FromJson(const json& one) {
  return {.uid = Text(one, {"uid"}),
          .name = Text(one, {"name"}),
          .type = Text(one, {"type"}),
          .url = Text(one, {"url"}),
          .is_default = At(one, {"is_default"}) == true,
          .prune = At(one, {"prune"}) == true};
}

}  // namespace

absl::StatusOr<GrafanaDatabase> GrafanaDatabase::Open(const std::string& path,
                                                      const std::string& user,
                                                      const std::string& password) {
  GrafanaDatabase database(path);
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (text.ok()) {
    const json stored = ParseJson(*text);
    if (!stored.is_object()) {
      return absl::DataLossError(absl::StrCat(path, " is no JSON object"));
    }
    database.users_ = At(stored, {"users"});
    for (const json& one : Items(stored, {"datasources"})) {
      database.datasources_[Text(one, {"name"})] = FromJson(one);
    }
    return database;
  }
  if (!absl::IsNotFound(text.status())) {
    return text.status();
  }
  KPROTO_RETURN_IF_ERROR(database.SetPassword(user, password));
  return database;
}

bool GrafanaDatabase::Accepts(const std::string& user, const std::string& password) const {
  const std::string digest = Text(users_, {user, "digest"});
  return !digest.empty() && digest == Digest(Text(users_, {user, "salt"}), password);
}

absl::Status GrafanaDatabase::SetPassword(const std::string& user, const std::string& password) {
  const std::string salt = RandomHex(8);
  users_[user] = {{"salt", salt}, {"digest", Digest(salt, password)}};
  return Save();
}

absl::Status GrafanaDatabase::Provision(const Provisioning& provisioning) {
  for (const std::string& name : provisioning.removed) {
    datasources_.erase(name);
  }
  std::erase_if(datasources_, [](const auto& datasource) { return datasource.second.prune; });
  for (const Datasource& one : provisioning.datasources) {
    if (one.is_default) {
      for (auto& [name, other] : datasources_) {
        other.is_default = false;
      }
    }
    datasources_[one.name] = one;
  }
  return Save();
}

std::vector<Datasource> GrafanaDatabase::Datasources() const {
  std::vector<Datasource> all;
  for (const auto& [name, datasource] : datasources_) {
    all.push_back(datasource);
  }
  return all;
}

absl::Status GrafanaDatabase::Save() const {
  json list = json::array();
  for (const auto& [name, datasource] : datasources_) {
    list.push_back(ToJson(datasource));
  }
  return WritePrivateFile(path_, json{{"users", users_}, {"datasources", list}}.dump());
}

}  // namespace kproto::lab
