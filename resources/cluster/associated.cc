// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/associated.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// Names that Kubernetes derives from an object's uid, so that no two things ever share one.
bool IsGenerated(const std::string& name) {
  if (absl::StartsWith(name, "pvc-")) {
    return name.size() == 40;
  }
  return name.size() >= 32 && name[0] == 'a' &&
         std::all_of(name.begin(), name.end(), [](char c) { return absl::ascii_isxdigit(c); });
}

// Ids and generated names of one list of the attribute.
std::set<std::string> Handles(const Attr<ListOf<AssociatedResource>>& list) {
  std::set<std::string> handles;
  if (list.is_known()) {
    for (const Attr<AssociatedResource>& one : *list) {
      if (!one.is_known()) {
        continue;
      }
      handles.insert(one->id.value_or(""));
      if (const std::string name = one->name.value_or(""); IsGenerated(name)) {
        handles.insert(name);
      }
    }
  }
  handles.erase("");
  return handles;
}

template <typename Thing>
bool IsOf(const Thing& thing, const std::string& tag, const std::set<std::string>& handles) {
  return handles.count(thing.id) != 0 || handles.count(thing.name) != 0 ||
         std::find(thing.tags.begin(), thing.tags.end(), tag) != thing.tags.end();
}

template <typename Thing>
ListOf<AssociatedResource> NamedList(const std::vector<Thing>& things) {
  ListOf<AssociatedResource> list;
  for (const Thing& thing : things) {
    list.emplace_back(AssociatedResource{thing.id, thing.name});
  }
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return std::make_pair(*a->name, *a->id) < std::make_pair(*b->name, *b->id);
  });
  return list;
}

}  // namespace

const Table<AssociatedResource>& AssociatedResource::Fields() {
  static const auto& table = *new Table<AssociatedResource>({
      Field("id", &AssociatedResource::id, Computed(), Doc("Its id.")),
      Field("name", &AssociatedResource::name, Computed(), Doc("Its name.")),
  });
  return table;
}

const Table<AssociatedResources>& AssociatedResources::Fields() {
  static const auto& table = *new Table<AssociatedResources>({
      Field("load_balancers", &AssociatedResources::load_balancers, Computed(),
            Doc("Load balancers of Services.")),
      Field("volumes", &AssociatedResources::volumes, Computed(), Doc("Volumes of claims.")),
      Field("volume_snapshots", &AssociatedResources::volume_snapshots, Computed(),
            Doc("Snapshots of those volumes.")),
  });
  return table;
}

AssociatedResources AssociatedResources::None() { return Of({}); }

AssociatedResources AssociatedResources::Of(const ocean::AssociatedResources& named) {
  return {NamedList(named.load_balancers), NamedList(named.volumes),
          NamedList(named.volume_snapshots)};
}

absl::StatusOr<AssociatedThings> FindAssociated(ocean::DigitalOcean& api,
                                                const std::string& cluster_id,
                                                const Attr<AssociatedResources>& known,
                                                std::stop_token stop) {
  const std::string tag = absl::StrCat("k8s:", cluster_id);
  const AssociatedResources names = known.is_known() ? *known : AssociatedResources::None();
  AssociatedThings found;
  KPROTO_ASSIGN_OR_RETURN(auto balancers, api.ListLoadBalancers(stop));
  KPROTO_ASSIGN_OR_RETURN(auto volumes, api.ListVolumes(stop));
  KPROTO_ASSIGN_OR_RETURN(auto snapshots, api.ListSnapshots(stop));
  const std::set<std::string> balancer_handles = Handles(names.load_balancers);
  std::set<std::string> volume_handles = Handles(names.volumes);
  const std::set<std::string> snapshot_handles = Handles(names.volume_snapshots);
  for (auto& balancer : balancers) {
    if (IsOf(balancer, tag, balancer_handles)) {
      found.load_balancers.push_back(std::move(balancer));
    }
  }
  for (auto& volume : volumes) {
    if (IsOf(volume, tag, volume_handles)) {
      volume_handles.insert(volume.id);
      found.volumes.push_back(std::move(volume));
    }
  }
  for (auto& snapshot : snapshots) {
    if (snapshot.resource_type == "volume" && (IsOf(snapshot, tag, snapshot_handles) ||
                                               volume_handles.count(snapshot.resource_id) != 0)) {
      found.volume_snapshots.push_back(std::move(snapshot));
    }
  }
  return found;
}

AssociatedResources Joined(const Attr<AssociatedResources>& a, const AssociatedResources& b) {
  if (!a.is_known()) {
    return b;
  }
  const auto join = [](const Attr<ListOf<AssociatedResource>>& first,
                       const Attr<ListOf<AssociatedResource>>& second) {
    std::map<std::string, ocean::NamedId> all;
    for (const auto* list : {&first, &second}) {
      for (const auto& one : list->value_or({})) {
        if (one.is_known()) {
          all[one->id.value_or("")] = {one->id.value_or(""), one->name.value_or("")};
        }
      }
    }
    std::vector<ocean::NamedId> named;
    for (auto& [id, thing] : all) {
      named.push_back(std::move(thing));
    }
    return NamedList(named);
  };
  return {join(a->load_balancers, b.load_balancers), join(a->volumes, b.volumes),
          join(a->volume_snapshots, b.volume_snapshots)};
}

AssociatedResources Named(const AssociatedThings& things) {
  return {NamedList(things.load_balancers), NamedList(things.volumes),
          NamedList(things.volume_snapshots)};
}

AssociatedCost CostOfThings(const AssociatedThings& things) {
  AssociatedCost cost;
  for (const ocean::LoadBalancer& balancer : things.load_balancers) {
    cost.load_balancers += LoadBalancerCost(balancer);
  }
  for (const ocean::Volume& volume : things.volumes) {
    cost.volumes += kVolumeGibMonthly * static_cast<double>(volume.size_gib);
  }
  for (const ocean::Snapshot& snapshot : things.volume_snapshots) {
    cost.volume_snapshots += kSnapshotGibMonthly * snapshot.size_gib;
  }
  return cost;
}

}  // namespace kproto
