// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/read_json.h"

namespace kproto::digitalocean {
namespace {

// Some objects name their region by slug, others hold the whole region.
std::string RegionOf(const JsonView& json) {
  const JsonView region = json.At("region");
  return region.is_text() ? json.Text("region") : region.Text("slug");
}

}  // namespace

Account ReadAccount(const JsonView& json) {
  Account account;
  account.uuid = json.Text("uuid");
  account.email = json.Text("email");
  account.status = json.Text("status");
  account.status_message = json.Text("status_message");
  account.droplet_limit = json.Integer("droplet_limit");
  account.volume_limit = json.Integer("volume_limit");
  return account;
}

Region ReadRegion(const JsonView& json) {
  Region region;
  region.slug = json.RequiredText("slug");
  region.name = json.Text("name");
  region.available = json.Flag("available");
  region.features = json.Texts("features");
  region.sizes = json.Texts("sizes");
  return region;
}

Size ReadSize(const JsonView& json) {
  Size size;
  size.slug = json.RequiredText("slug");
  size.description = json.Text("description");
  size.available = json.Flag("available");
  size.vcpus = json.Integer("vcpus");
  size.memory_mib = json.Integer("memory");
  size.disk_gib = json.Integer("disk");
  size.price_monthly = json.Number("price_monthly");
  size.price_hourly = json.Number("price_hourly");
  size.regions = json.Texts("regions");
  return size;
}

Volume ReadVolume(const JsonView& json) {
  Volume volume;
  volume.id = json.RequiredText("id");
  volume.name = json.Text("name");
  volume.description = json.Text("description");
  volume.region = RegionOf(json);
  volume.filesystem_type = json.Text("filesystem_type");
  volume.created_at = json.Text("created_at");
  volume.size_gib = json.Integer("size_gigabytes");
  volume.droplet_ids = json.Integers("droplet_ids");
  volume.tags = json.Texts("tags");
  return volume;
}

Snapshot ReadSnapshot(const JsonView& json) {
  Snapshot snapshot;
  snapshot.id = json.RequiredText("id");
  snapshot.name = json.Text("name");
  snapshot.created_at = json.Text("created_at");
  snapshot.resource_id = json.Text("resource_id");
  snapshot.resource_type = json.Text("resource_type");
  snapshot.size_gib = json.Number("size_gigabytes");
  snapshot.tags = json.Texts("tags");
  return snapshot;
}

Tag ReadTag(const JsonView& json) {
  return {json.RequiredText("name"), json.At("resources").Integer("count")};
}

}  // namespace kproto::digitalocean
