// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/pod_standards.h"

#include <algorithm>
#include <functional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::BoolAt;
using kubernetes::FieldAt;
using kubernetes::IntAt;
using kubernetes::ListAt;
using kubernetes::StringAt;
using kubernetes::StringsAt;
using Json = nlohmann::json;
using Names = std::vector<std::string>;

constexpr const char* kBaselineCapabilities[] = {
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",      "MKNOD",
    "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT"};
constexpr const char* kSafeSysctls[] = {
    "kernel.shm_rmid_forced",           "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",        "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",     "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",      "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",          "net.ipv4.tcp_wmem"};
constexpr const char* kContainerTypes[] = {"", "container_t", "container_init_t", "container_kvm_t",
                                           "container_engine_t"};
constexpr const char* kRestrictedVolumes[] = {
    "configMap", "csi",   "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim",
    "projected", "secret"};

template <size_t kSize>
bool IsOneOf(const std::string& text, const char* const (&list)[kSize]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

// One pod, and what was found against it.
class Judge {
 public:
  explicit Judge(const Json& pod) : pod_(pod) {
    if (const Json* spec = FieldAt(pod, "/spec"); spec != nullptr && spec->is_object()) {
      spec_ = *spec;
    }
    for (const char* list : {"/initContainers", "/containers"}) {
      for (const Json& container : ListAt(spec_, list)) {
        containers_.push_back(container);
      }
    }
  }

  void Baseline();
  void Restricted();
  Names Result() { return std::move(found_); }

 private:
  // The containers of which `is` holds.
  Names Containers(const std::function<bool(const Json&)>& is) const {
    Names names;
    for (const Json& container : containers_) {
      if (is(container)) {
        names.push_back(StringAt(container, "/name"));
      }
    }
    return names;
  }
  // The same, with "pod" where it holds of the pod's own securityContext; both have the field at
  // the same place.
  Names Contexts(const std::function<bool(const Json&)>& is) const {
    Names names = Containers(is);
    if (is(spec_)) {
      names.insert(names.begin(), "the pod");
    }
    return names;
  }
  void Forbid(const char* what, const Names& who) {
    if (!who.empty()) {
      found_.push_back(absl::StrCat(what, " (", absl::StrJoin(who, ", "), ")"));
    }
  }
  // A field of a container, or of the pod where the container does not say.
  const Json* Effective(const Json& container, const char* path) const {
    const Json* own = FieldAt(container, path);
    return own != nullptr ? own : FieldAt(spec_, path);
  }
  void ForbidHost();
  void ForbidProfiles();

  const Json& pod_;
  Json spec_ = Json::object();
  std::vector<Json> containers_;
  Names found_;
};

void Judge::ForbidHost() {
  Names namespaces;
  for (const char* name : {"hostNetwork", "hostPID", "hostIPC"}) {
    if (BoolAt(spec_, absl::StrCat("/", name).c_str())) {
      namespaces.push_back(name);
    }
  }
  Forbid("host namespaces", namespaces);
  Names volumes;
  for (const Json& volume : ListAt(spec_, "/volumes")) {
    if (FieldAt(volume, "/hostPath") != nullptr) {
      volumes.push_back(StringAt(volume, "/name"));
    }
  }
  Forbid("hostPath volumes", volumes);
  Forbid("host ports", Containers([](const Json& container) {
           const Json& ports = ListAt(container, "/ports");
           return std::any_of(ports.begin(), ports.end(),
                              [](const Json& port) { return IntAt(port, "/hostPort") != 0; });
         }));
  Forbid("probes of another host", Containers([](const Json& container) {
           for (const char* hook : {"/livenessProbe", "/readinessProbe", "/startupProbe",
                                    "/lifecycle/postStart", "/lifecycle/preStop"}) {
             for (const char* way : {"/httpGet/host", "/tcpSocket/host"}) {
               if (!StringAt(container, absl::StrCat(hook, way).c_str()).empty()) {
                 return true;
               }
             }
           }
           return false;
         }));
}

void Judge::ForbidProfiles() {
  Forbid("AppArmor profile", Contexts([](const Json& at) {
           const std::string type = StringAt(at, "/securityContext/appArmorProfile/type");
           return !type.empty() && type != "RuntimeDefault" && type != "Localhost";
         }));
  Names annotations;
  for (const auto& [name, profile] : kubernetes::StringMapAt(pod_, "/metadata/annotations")) {
    const bool fine =
        profile.empty() || profile == "runtime/default" || absl::StartsWith(profile, "localhost/");
    if (absl::StartsWith(name, "container.apparmor.security.beta.kubernetes.io/") && !fine) {
      annotations.push_back(name);
    }
  }
  Forbid("AppArmor profile", annotations);
  Forbid("SELinux options", Contexts([](const Json& at) {
           return !IsOneOf(StringAt(at, "/securityContext/seLinuxOptions/type"), kContainerTypes) ||
                  !StringAt(at, "/securityContext/seLinuxOptions/user").empty() ||
                  !StringAt(at, "/securityContext/seLinuxOptions/role").empty();
         }));
  Forbid("seccomp profile Unconfined", Contexts([](const Json& at) {
           return StringAt(at, "/securityContext/seccompProfile/type") == "Unconfined";
         }));
  Forbid("procMount", Containers([](const Json& container) {
           const std::string mount = StringAt(container, "/securityContext/procMount");
           return !mount.empty() && mount != "Default";
         }));
}

void Judge::Baseline() {
  ForbidHost();
  Forbid("privileged containers", Containers([](const Json& container) {
           return BoolAt(container, "/securityContext/privileged");
         }));
  Forbid("Windows HostProcess", Contexts([](const Json& at) {
           return BoolAt(at, "/securityContext/windowsOptions/hostProcess");
         }));
  Forbid("added capabilities", Containers([](const Json& container) {
           const Names added = StringsAt(container, "/securityContext/capabilities/add");
           return std::any_of(added.begin(), added.end(), [](const std::string& capability) {
             return !IsOneOf(capability, kBaselineCapabilities);
           });
         }));
  ForbidProfiles();
  Names sysctls;
  for (const Json& sysctl : ListAt(spec_, "/securityContext/sysctls")) {
    if (const std::string name = StringAt(sysctl, "/name"); !IsOneOf(name, kSafeSysctls)) {
      sysctls.push_back(name);
    }
  }
  Forbid("sysctls", sysctls);
}

void Judge::Restricted() {
  Names volumes;
  for (const Json& volume : ListAt(spec_, "/volumes")) {
    for (const auto& [key, source] : volume.items()) {
      if (key != "name" && key != "hostPath" && !IsOneOf(key, kRestrictedVolumes)) {
        volumes.push_back(absl::StrCat(StringAt(volume, "/name"), ": ", key));
      }
    }
  }
  Forbid("volume types", volumes);
  Forbid("allowPrivilegeEscalation is not false", Containers([](const Json& container) {
           const Json* allowed = FieldAt(container, "/securityContext/allowPrivilegeEscalation");
           return allowed == nullptr || *allowed != Json(false);
         }));
  Forbid("runAsNonRoot is not true", Containers([this](const Json& container) {
           const Json* said = Effective(container, "/securityContext/runAsNonRoot");
           return said == nullptr || *said != Json(true);
         }));
  Forbid("runAsUser is 0", Contexts([](const Json& at) {
           const Json* user = FieldAt(at, "/securityContext/runAsUser");
           return user != nullptr && *user == Json(0);
         }));
  Forbid("seccompProfile is not RuntimeDefault or Localhost",
         Containers([this](const Json& container) {
           const Json* type = Effective(container, "/securityContext/seccompProfile/type");
           return type == nullptr ||
                  (*type != Json("RuntimeDefault") && *type != Json("Localhost"));
         }));
  Forbid("capabilities beside NET_BIND_SERVICE are not all dropped",
         Containers([](const Json& container) {
           const Names added = StringsAt(container, "/securityContext/capabilities/add");
           const Names dropped = StringsAt(container, "/securityContext/capabilities/drop");
           return std::find(dropped.begin(), dropped.end(), "ALL") == dropped.end() ||
                  std::any_of(added.begin(), added.end(), [](const std::string& capability) {
                    return capability != "NET_BIND_SERVICE";
                  });
         }));
}

}  // namespace

PodLevel PodLevelOf(const std::string& name) {
  return name == "restricted" ? PodLevel::kRestricted
         : name == "baseline" ? PodLevel::kBaseline
                              : PodLevel::kPrivileged;
}

const char* ToString(PodLevel level) {
  return level == PodLevel::kRestricted ? "restricted"
         : level == PodLevel::kBaseline ? "baseline"
                                        : "privileged";
}

Names ViolationsOf(const Json& pod, PodLevel level) {
  Judge judge(pod);
  if (level >= PodLevel::kBaseline) {
    judge.Baseline();
  }
  if (level >= PodLevel::kRestricted) {
    judge.Restricted();
  }
  return judge.Result();
}

}  // namespace kproto::monitoring_stack
