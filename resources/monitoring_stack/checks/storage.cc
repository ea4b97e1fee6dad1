// SPDX-License-Identifier: MPL-2.0
// Rule storage: a volume that one node may mount is not shared by pods that need not be on one
// node, its class exists, stays and encrypts, and it never shrinks.
#include "resources/monitoring_stack/storage.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::ListAt;
using kubernetes::StringAt;

// What a DigitalOcean cluster has (https://docs.digitalocean.com/products/kubernetes/how-to/
// add-volumes/); volumes of all of them are encrypted at rest.
constexpr const char* kClasses[] = {"do-block-storage", "do-block-storage-retain",
                                    "do-block-storage-xfs", "do-block-storage-xfs-retain"};

bool IsForOneNode(const Claim& claim) {
  return !claim.access_modes.empty() &&
         std::all_of(claim.access_modes.begin(), claim.access_modes.end(), [](const auto& mode) {
           return mode == "ReadWriteOnce" || mode == "ReadWriteOncePod";
         });
}

bool Mounts(const Workload& workload, const Claim& claim) {
  const Json& volumes = ListAt(*workload.pod, "/volumes");
  return claim.of.empty() && std::any_of(volumes.begin(), volumes.end(), [&](const Json& volume) {
           return StringAt(volume, "/persistentVolumeClaim/claimName") == claim.name;
         });
}

void CheckCopies(const Workload& workload, const Claim& claim, Findings& findings) {
  if (workload.replicas < 2) {
    return;
  }
  Finding finding;
  finding.component = workload.component->name;
  for (const char* key : {"replicas", "maxReplicas"}) {
    if (finding.key.empty()) {
      finding.key = KeyWithValue(workload.component->values, key, workload.replicas);
    }
  }
  finding.summary = absl::StrCat("Pods of ", workload.ToString(), " cannot share their volume");
  finding.cause = absl::StrCat("Up to ", workload.replicas, " pods mount the claim ", claim.name,
                               ", which is ", absl::StrJoin(claim.access_modes, ", "),
                               ": all but those on one node would wait for ever.");
  finding.cure = "Run one pod, or use a StatefulSet or a database instead of the volume.";
  findings.push_back(std::move(finding));
}

void CheckUpdate(const Workload& workload, const Claim& claim, Findings& findings) {
  const std::string strategy = StringAt(*workload.object, "/spec/strategy/type");
  if (!strategy.empty() && strategy != "RollingUpdate") {
    return;
  }
  Finding finding;
  finding.component = workload.component->name;
  if (const Json* said = kubernetes::FieldAt(*workload.object, "/spec/strategy")) {
    finding.key = KeyWithValue(workload.component->Effective(), "deploymentStrategy", *said);
  }
  finding.summary = absl::StrCat("The first update of ", workload.ToString(), " would hang");
  finding.cause =
      absl::StrCat("RollingUpdate starts the new pod before the old one ends, and the claim ",
                   claim.name, " is ", absl::StrJoin(claim.access_modes, ", "),
                   ": on another node the new pod waits for the volume for ever.");
  finding.cure = "Set deploymentStrategy.type to Recreate.";
  findings.push_back(std::move(finding));
}

void CheckClass(const RenderedStack& stack, const Claim& claim, Findings& findings) {
  if (!stack.on_digitalocean || !claim.storage_class || claim.storage_class->empty() ||
      std::find(std::begin(kClasses), std::end(kClasses), *claim.storage_class) !=
          std::end(kClasses)) {
    return;
  }
  const StorageWanted wanted = StorageOf(stack.planned.storage, claim.component->ns);
  if (wanted.IsOurs() && wanted.storage_class == *claim.storage_class) {
    return;  // made before any claim
  }
  for (const Rendered& own : ObjectsOf(stack, "StorageClass")) {
    if (own.name == *claim.storage_class) {
      return;
    }
  }
  Finding finding;
  finding.component = claim.component->name;
  finding.severity = stack.cluster_is_new ? Severity::kError : Severity::kWarning;
  if (wanted.storage_class == *claim.storage_class) {
    finding.attribute = Path("storage").Attribute("class");
  }
  for (const char* key : {"storageClass", "storageClassName"}) {
    if (finding.key.empty()) {
      finding.key = KeyWithValue(claim.component->values, key, *claim.storage_class);
    }
  }
  finding.summary = absl::StrCat("There is no StorageClass ", *claim.storage_class);
  finding.cause = absl::StrCat("The claim ", claim.name,
                               " would wait for a volume for ever: a DigitalOcean cluster has ",
                               absl::StrJoin(kClasses, ", "), ", all of them encrypted at rest.");
  finding.cure = "Take one of these, or leave the key out for the default.";
  findings.push_back(std::move(finding));
}

// The stack's own class is what its driver makes of it.
void CheckEncryption(const RenderedStack& stack, Findings& findings) {
  const StorageWanted wanted = StorageOf(stack.planned.storage, "");
  if (!wanted.IsOurs() || !wanted.must_encrypt ||
      IsEncrypted(wanted.provisioner, wanted.parameters)) {
    return;
  }
  Finding finding;
  finding.attribute = Path("storage").Attribute("provisioner");
  finding.summary = "The volumes are not known to be encrypted at rest";
  finding.cause = absl::StrCat("The driver ", wanted.provisioner,
                               " is not known to encrypt with the parameters given.");
  finding.cure = "Give it the parameters that make it, or set storage.encrypted to false.";
  findings.push_back(std::move(finding));
}

// Claims keep the class they were made with, and a StatefulSet's templates cannot be changed.
void CheckSameClass(const RenderedStack& stack, Findings& findings) {
  if (!stack.prior || stack.planned.storage.is_unknown()) {
    return;
  }
  const std::string ns = stack.planned.ns.value_or("");
  const std::string was = StorageOf(stack.prior->storage, ns).storage_class;
  const std::string is = StorageOf(stack.planned.storage, ns).storage_class;
  if (was == is) {
    return;
  }
  const auto named = [](const std::string& name) {
    return name.empty() ? std::string("none, which is the cluster's default") : name;
  };
  Finding finding;
  finding.attribute = Path("storage").Attribute("class");
  finding.summary = "Volumes cannot change their StorageClass";
  finding.cause = absl::StrCat("Their class is ", named(was), ", and ", named(is),
                               " is asked for: what is on them would have to be moved.");
  finding.cure =
      "Keep the class; or destroy the stack and make it anew, once its logs and dashboards may go.";
  findings.push_back(std::move(finding));
}

// Neither Kubernetes nor DigitalOcean makes a volume smaller.
template <typename Block>
void CheckSize(const char* component, const Attr<Block>& prior, const Attr<Block>& planned,
               Findings& findings) {
  if (!prior.is_known() || !planned.is_known() || !prior->volume_gib.is_known() ||
      !planned->volume_gib.is_known() || *planned->volume_gib >= *prior->volume_gib) {
    return;
  }
  const int64_t was = *prior->volume_gib;
  Finding finding;
  finding.component = component;
  finding.attribute = Path(component).Attribute("volume_gib");
  finding.summary = "A volume cannot shrink";
  finding.cause = absl::StrCat("The volume of ", component, " has ", was, " GiB, and ",
                               *planned->volume_gib, " are asked for.");
  finding.cure = absl::StrCat("Keep ", was, ", or shorten ", component, ".retention instead.");
  findings.push_back(std::move(finding));
}

// Processes that share their logs have to have them in one place.
void CheckSharedLogs(const RenderedStack& stack, Findings& findings) {
  const RenderedComponent* loki = stack.Find("loki");
  if (loki == nullptr || !stack.planned.loki.is_known() ||
      stack.planned.loki->mode.value_or("") != "scalable") {
    return;
  }
  const Json values = loki->Effective();
  const Json* type = Find(values, {"loki", "storage", "type"});
  const Json* bucket = Find(values, {"loki", "storage", "bucketNames", "chunks"});
  if (type != nullptr && *type != Json("filesystem") && bucket != nullptr) {
    return;
  }
  Finding finding;
  finding.component = "loki";
  finding.attribute = Path("loki").Attribute("mode");
  finding.summary = "Loki has nowhere to keep its logs together";
  finding.cause =
      "With loki.mode = \"scalable\" one process writes what another reads: they need object "
      "storage, and none is named.";
  finding.cure =
      "Set loki.object_storage, or loki.storage in the values file; or keep to single_binary.";
  findings.push_back(std::move(finding));
}

}  // namespace

void CheckStorage(const RenderedStack& stack, Findings& findings) {
  const std::vector<Claim> claims = ClaimsOf(stack);
  for (const Claim& claim : claims) {
    for (const Workload& workload : WorkloadsOf(*claim.component)) {
      if (workload.kind == "Deployment" && IsForOneNode(claim) && Mounts(workload, claim)) {
        CheckCopies(workload, claim, findings);
        CheckUpdate(workload, claim, findings);
      }
    }
    CheckClass(stack, claim, findings);
  }
  if (stack.prior) {
    CheckSize("loki", stack.prior->loki, stack.planned.loki, findings);
    CheckSize("prometheus", stack.prior->prometheus, stack.planned.prometheus, findings);
  }
  CheckSharedLogs(stack, findings);
  CheckEncryption(stack, findings);
  if (!claims.empty()) {
    CheckSameClass(stack, findings);
  }
}

}  // namespace kproto::monitoring_stack
