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

// A lab's password in a file that only its owner can read: more is not called for.
std::string Digest(const std::string& salt, const std::string& password) {
  return Sha256Hex(absl::StrCat(salt, password));
}

}  // namespace

absl::StatusOr<GrafanaDatabase> GrafanaDatabase::Open(const std::string& path,
                                                      const std::string& user,
                                                      const std::string& password) {
  GrafanaDatabase database(path);
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (text.ok()) {
    database.users_ = ParseJson(*text);
    return database.users_.is_object()
               ? absl::StatusOr<GrafanaDatabase>(std::move(database))
               : absl::DataLossError(absl::StrCat(path, " is no JSON object"));
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
  return WritePrivateFile(path_, users_.dump());
}

}  // namespace kproto::lab
