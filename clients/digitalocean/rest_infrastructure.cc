// SPDX-License-Identifier: MPL-2.0
// The rest of RestDigitalOcean: account, storage, tags.
#include "absl/strings/str_cat.h"
#include "clients/digitalocean/read_json.h"
#include "clients/digitalocean/rest_digitalocean.h"
#include "clients/digitalocean/write_json.h"

namespace kproto::digitalocean {
namespace {

using http::Idempotency;
using http::Method;

// A list that does not say how long it is would count as empty.
int64_t ReadTotal(const JsonView& json) {
  const JsonView meta = json.At("meta");
  if (meta.At("total").empty()) {
    meta.Wrong("an object with a total");
  }
  return meta.Integer("total");
}

}  // namespace

absl::StatusOr<Account> RestDigitalOcean::GetAccount(std::stop_token stop) {
  return api_.Fetch({.path = "/v2/account"}, "account", ReadAccount, stop);
}

absl::StatusOr<std::vector<Region>> RestDigitalOcean::ListRegions(std::stop_token stop) {
  return api_.FetchAll("/v2/regions", "regions", ReadRegion, stop);
}

absl::StatusOr<std::vector<Size>> RestDigitalOcean::ListSizes(std::stop_token stop) {
  return api_.FetchAll("/v2/sizes", "sizes", ReadSize, stop);
}

absl::StatusOr<int64_t> RestDigitalOcean::CountDroplets(std::stop_token stop) {
  return api_.Fetch({.path = "/v2/droplets", .query = "per_page=1"}, "", ReadTotal, stop);
}

absl::StatusOr<std::vector<Volume>> RestDigitalOcean::ListVolumes(std::stop_token stop) {
  return api_.FetchAll("/v2/volumes", "volumes", ReadVolume, stop);
}

absl::Status RestDigitalOcean::DeleteVolume(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("volumes", id)}, stop);
}

absl::StatusOr<std::vector<Snapshot>> RestDigitalOcean::ListSnapshots(std::stop_token stop) {
  return api_.FetchAll("/v2/snapshots", "snapshots", ReadSnapshot, stop);
}

absl::Status RestDigitalOcean::DeleteSnapshot(const std::string& id, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("snapshots", id)}, stop);
}

absl::StatusOr<std::vector<Tag>> RestDigitalOcean::ListTags(std::stop_token stop) {
  return api_.FetchAll("/v2/tags", "tags", ReadTag, stop);
}

absl::Status RestDigitalOcean::CreateTag(const std::string& name, std::stop_token stop) {
  absl::Status created = api_.Do({.method = Method::kPost,
                                  .path = "/v2/tags",
                                  .body = Json{{"name", name}},
                                  .idempotency = Idempotency::kIdempotent},
                                 stop);
  if (!absl::IsInvalidArgument(created)) {
    return created;
  }
  // Refused: as a bad name, or because it is there already.
  const auto there = api_.Find({.path = Under("tags", name)}, "tag", ReadTag, stop);
  return there.ok() && there->has_value() ? absl::OkStatus() : created;
}

absl::Status RestDigitalOcean::DeleteTag(const std::string& name, std::stop_token stop) {
  return api_.Do({.method = Method::kDelete, .path = Under("tags", name)}, stop);
}

absl::Status RestDigitalOcean::TagResources(const std::string& name,
                                            const std::vector<TaggedResource>& resources,
                                            std::stop_token stop) {
  return api_.Do({.method = Method::kPost,
                  .path = Under("tags", name, "/resources"),
                  .body = WriteTaggedResources(resources),
                  .idempotency = Idempotency::kIdempotent},
                 stop);
}

}  // namespace kproto::digitalocean
