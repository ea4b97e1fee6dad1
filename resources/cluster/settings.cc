// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/settings.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "resources/cluster/model.h"
#include "resources/cluster/plugins.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// The API says null for what nobody has set yet: everything at its default.
template <typename T>
T OrDefault(const std::optional<T>& live) {
  return live.value_or(T());
}

template <typename T>
bool Asks(const Attr<T>& wanted, const T& live) {
  return wanted.is_known() && *wanted != live;
}

bool SameTime(const std::string& a, const std::string& b) {
  absl::Duration x, y;
  return a == b || (absl::ParseDuration(a, &x) && absl::ParseDuration(b, &y) && x == y);
}

bool SameFraction(double a, double b) { return std::fabs(a - b) < 1e-6; }

// DigitalOcean's documents spell them with a dash, its API's specification with an underscore.
std::vector<std::string> Expanders(std::vector<std::string> expanders) {
  for (std::string& expander : expanders) {
    std::replace(expander.begin(), expander.end(), '_', '-');
  }
  return expanders;
}

template <typename Elements>
std::vector<std::string> KnownTexts(const Elements& elements) {
  std::vector<std::string> texts;
  for (const Attr<std::string>& element : elements) {
    if (element.is_known()) {
      texts.push_back(*element);
    }
  }
  return texts;
}

std::set<std::string> Addresses(const std::vector<std::string>& addresses) {
  std::set<std::string> all;
  for (const std::string& address : addresses) {
    all.emplace(absl::StripSuffix(address, "/32"));
  }
  return all;
}

// ---- from what is wanted to what is asked
// --------------------------------------------------------

ocean::MaintenancePolicy Asked(const MaintenancePolicy& wanted) {
  return {wanted.day.value_or("any"), wanted.start_time.value_or("00:00"), ""};
}

ocean::ClusterAutoscaler Asked(const ClusterAutoscaler& wanted) {
  ocean::ClusterAutoscaler asked;
  if (wanted.scale_down_utilization_threshold.is_known()) {
    asked.scale_down_utilization_threshold = *wanted.scale_down_utilization_threshold;
  }
  asked.scale_down_unneeded_time = wanted.scale_down_unneeded_time.value_or("");
  if (wanted.expanders.is_known()) {
    asked.expanders = KnownTexts(*wanted.expanders);
  }
  return asked;
}

ocean::Sso Asked(const ClusterSso& wanted) {
  return {wanted.enabled.value_or(false), wanted.required.value_or(false),
          wanted.issuer_url.value_or(""), wanted.client_id.value_or("")};
}

// ---- whether it is there already
// -----------------------------------------------------------------

bool Differs(const MaintenancePolicy& wanted, const ocean::MaintenancePolicy& live) {
  return Asks(wanted.day, live.day) || Asks(wanted.start_time, live.start_time);
}

bool Differs(const ClusterAutoscaler& wanted, const ocean::ClusterAutoscaler& live) {
  const ocean::ClusterAutoscaler asked = Asked(wanted);
  const auto& threshold = asked.scale_down_utilization_threshold;
  return (threshold &&
          !SameFraction(*threshold, live.scale_down_utilization_threshold.value_or(-1))) ||
         (!asked.scale_down_unneeded_time.empty() &&
          !SameTime(asked.scale_down_unneeded_time, live.scale_down_unneeded_time)) ||
         asked.expanders != Expanders(live.expanders);
}

bool Differs(const ClusterSso& wanted, const ocean::Sso& live) {
  const ocean::Sso asked = Asked(wanted);
  if (!asked.enabled && !live.enabled) {
    return false;  // What it would be if it were on does not matter.
  }
  return asked.enabled != live.enabled || asked.required != live.required ||
         asked.issuer_url != live.issuer_url || asked.client_id != live.client_id;
}

// The name of the setting if it differs; puts what to ask for into `place`.
template <typename Wanted, typename Live>
std::string Compare(const char* name, const Attr<Wanted>& wanted, const std::optional<Live>& live,
                    std::optional<Live>* place) {
  if (!wanted.is_known() || !Differs(*wanted, OrDefault(live))) {
    return "";
  }
  if (place != nullptr) {
    *place = Asked(*wanted);
  }
  return name;
}

// ---- from what the API says to the model
// ---------------------------------------------------------

void Read(const std::optional<ocean::MaintenancePolicy>& live, Attr<MaintenancePolicy>& state) {
  state = {};
  if (live) {
    state = MaintenancePolicy{live->day, live->start_time, live->duration};
  }
}

void Read(const std::optional<ocean::ClusterAutoscaler>& live, Attr<ClusterAutoscaler>& state) {
  if (!live && (!state.is_known() || Differs(*state, {}))) {
    state = {};
    return;
  }
  const ocean::ClusterAutoscaler now = OrDefault(live);
  const ClusterAutoscaler before = state.is_known() ? *state : ClusterAutoscaler();
  ClusterAutoscaler read;
  if (now.scale_down_utilization_threshold) {
    read.scale_down_utilization_threshold = *now.scale_down_utilization_threshold;
    const Attr<double>& spelled = before.scale_down_utilization_threshold;
    if (spelled.is_known() && SameFraction(*spelled, *now.scale_down_utilization_threshold)) {
      read.scale_down_utilization_threshold = spelled;
    }
  }
  if (!now.scale_down_unneeded_time.empty()) {
    const std::string spelled = before.scale_down_unneeded_time.value_or("");
    read.scale_down_unneeded_time =
        SameTime(spelled, now.scale_down_unneeded_time) ? spelled : now.scale_down_unneeded_time;
  }
  const std::vector<std::string> expanders = Expanders(now.expanders);
  read.expanders = ListOf<std::string>(expanders.begin(), expanders.end());
  state = std::move(read);
}

void Read(const std::optional<ocean::ControlPlaneFirewall>& live,
          Attr<ControlPlaneFirewall>& state) {
  const ocean::ControlPlaneFirewall now = OrDefault(live);
  ControlPlaneFirewall read = state.is_known() ? *state : ControlPlaneFirewall();
  read.enabled = now.enabled;
  read.allow_lockout = read.allow_lockout.value_or(false);
  const bool same =
      read.allowed_addresses.is_known() &&
      Addresses(KnownTexts(read.allowed_addresses->elements)) == Addresses(now.allowed_addresses);
  if (!same) {
    SetOf<std::string> addresses;
    addresses.elements.assign(now.allowed_addresses.begin(), now.allowed_addresses.end());
    read.allowed_addresses = std::move(addresses);
  }
  state = std::move(read);
}

void Read(const std::optional<ocean::Sso>& live, Attr<ClusterSso>& state) {
  const ocean::Sso now = OrDefault(live);
  ClusterSso read = state.is_known() ? *state : ClusterSso();
  if (now.enabled || read.enabled.value_or(false)) {
    read.issuer_url = now.issuer_url.empty() ? Attr<std::string>() : now.issuer_url;
    read.client_id = now.client_id.empty() ? Attr<std::string>() : now.client_id;
    read.required = now.required;
  }
  read.enabled = now.enabled;
  read.required = read.required.value_or(false);
  state = std::move(read);
}

}  // namespace

void PutSettings(const ClusterModel& wanted, ocean::ClusterSpec& spec) {
  if (wanted.maintenance_policy.is_known()) {
    spec.maintenance_policy = Asked(*wanted.maintenance_policy);
  }
  if (wanted.cluster_autoscaler_configuration.is_known()) {
    spec.cluster_autoscaler_configuration = Asked(*wanted.cluster_autoscaler_configuration);
  }
  if (const ocean::ControlPlaneFirewall firewall = WantedFirewall(wanted); firewall.enabled) {
    spec.control_plane_firewall = firewall;
  }
  if (wanted.sso.is_known() && wanted.sso->enabled.value_or(false)) {
    spec.sso = Asked(*wanted.sso);
  }
  if (wanted.plugins.is_known()) {
    spec.plugins = PluginsToCreate(*wanted.plugins);
  }
  spec.worker_subnet_uuid = wanted.worker_subnet_id.value_or("");
  if (wanted.isolated_workers.value_or(false)) {
    spec.isolated_workers = true;
  }
}

std::string SettingsDifference(const ClusterModel& wanted, const ocean::Cluster& live,
                               ocean::ClusterUpdate* update) {
  std::string first;
  const auto note = [&](const std::string& name) { first = first.empty() ? name : first; };
  note(Compare("maintenance_policy", wanted.maintenance_policy, live.maintenance_policy,
               update ? &update->maintenance_policy : nullptr));
  note(Compare("cluster_autoscaler_configuration", wanted.cluster_autoscaler_configuration,
               live.cluster_autoscaler_configuration,
               update ? &update->cluster_autoscaler_configuration : nullptr));
  note(Compare("sso", wanted.sso, live.sso, update ? &update->sso : nullptr));
  if (wanted.plugins.is_known()) {
    const ocean::Plugins changes = PluginsToChange(*wanted.plugins, live.plugins);
    if (!changes.empty()) {
      note(absl::StrCat("plugins.", PluginAttribute(changes.begin()->first)));
    }
    if (update != nullptr) {
      update->plugins = changes;
    }
  }
  return first;
}

ocean::ControlPlaneFirewall WantedFirewall(const ClusterModel& wanted) {
  ocean::ControlPlaneFirewall firewall;
  if (wanted.control_plane_firewall.is_known()) {
    firewall.enabled = wanted.control_plane_firewall->enabled.value_or(false);
    if (wanted.control_plane_firewall->allowed_addresses.is_known()) {
      firewall.allowed_addresses =
          KnownTexts(wanted.control_plane_firewall->allowed_addresses->elements);
    }
  }
  return firewall;
}

bool FirewallDiffers(const ClusterModel& wanted, const ocean::Cluster& live) {
  if (!wanted.control_plane_firewall.is_known()) {
    return false;
  }
  const ocean::ControlPlaneFirewall asked = WantedFirewall(wanted);
  const ocean::ControlPlaneFirewall now = OrDefault(live.control_plane_firewall);
  return asked.enabled != now.enabled ||
         Addresses(asked.allowed_addresses) != Addresses(now.allowed_addresses);
}

void ReadSettings(const ocean::Cluster& live, ClusterModel& state) {
  Read(live.maintenance_policy, state.maintenance_policy);
  Read(live.cluster_autoscaler_configuration, state.cluster_autoscaler_configuration);
  Read(live.control_plane_firewall, state.control_plane_firewall);
  Read(live.sso, state.sso);
  state.plugins = ReadPlugins(live.plugins);
  state.worker_subnet_id =
      live.worker_subnet_uuid.empty() ? Attr<std::string>() : live.worker_subnet_uuid;
  state.isolated_workers = live.isolated_workers;
}

}  // namespace kproto
