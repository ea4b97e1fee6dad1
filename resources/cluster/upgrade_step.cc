// SPDX-License-Identifier: MPL-2.0
// The upgrade of a running cluster: hop by hop along DigitalOcean's rules, each one waited for
// until the cluster runs the version and no node from before it is left. Where it stands is read
// from the cloud, so an upgrade that was interrupted is gone on with.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "resources/cluster/clusterlint.h"
#include "resources/cluster/health.h"
#include "resources/cluster/upgrade_path.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// How long an accepted upgrade may take to show, and a replaced node to go.
constexpr absl::Duration kUntilBegun = absl::Minutes(2);
constexpr absl::Duration kUntilNodesGo = absl::Minutes(5);
constexpr absl::Duration kBetweenMessages = absl::Seconds(30);
constexpr absl::Duration kBetweenQuestions = absl::Seconds(30);  // to the cluster's API server

// What DigitalOcean says meanwhile, as progress in the log. Its failures are of no interest.
class StatusMessages {
 public:
  StatusMessages(ocean::DigitalOcean& api, const std::string& cluster_id)
      : api_(api), cluster_id_(cluster_id) {}

  // What was said before is not progress.
  void Skip(std::stop_token stop) { Fetch(stop, /*log=*/false); }
  void Report(std::stop_token stop) { Fetch(stop, /*log=*/true); }
  const std::string& last() const { return last_; }

 private:
  void Fetch(std::stop_token stop, bool log) {
    const auto messages = api_.ListStatusMessages(cluster_id_, since_, stop);
    if (!messages.ok()) {
      return;
    }
    for (const ocean::StatusMessage& message : *messages) {
      if (!seen_.insert(absl::StrCat(message.timestamp, " ", message.message)).second) {
        continue;
      }
      since_ = std::max(since_, message.timestamp);
      if (log) {
        last_ = message.message;
        Log(LogLevel::kInfo, "upgrade progress",
            {{"cluster", cluster_id_}, {"at", message.timestamp}, {"message", message.message}});
      }
    }
  }

  ocean::DigitalOcean& api_;
  const std::string cluster_id_;
  std::string since_, last_;
  std::set<std::string> seen_;
};

std::vector<std::string> NodeIds(const ocean::Cluster& cluster) {
  std::vector<std::string> ids;
  for (const ocean::NodePool& pool : cluster.node_pools) {
    for (const ocean::Node& node : pool.nodes) {
      ids.push_back(node.id);
    }
  }
  return ids;
}

// The nodes that are still there of `ids`.
std::vector<ocean::Node> Remaining(const ocean::Cluster& cluster,
                                   const std::vector<std::string>& ids) {
  std::vector<ocean::Node> nodes;
  for (const ocean::NodePool& pool : cluster.node_pools) {
    std::copy_if(pool.nodes.begin(), pool.nodes.end(), std::back_inserter(nodes),
                 [&](const ocean::Node& node) {
                   return std::find(ids.begin(), ids.end(), node.id) != ids.end();
                 });
  }
  return nodes;
}

std::string Names(const std::vector<ocean::Node>& nodes) {
  return absl::StrJoin(nodes, ", ", [](std::string* out, const ocean::Node& node) {
    absl::StrAppend(out, node.name, " (", node.id, ")");
  });
}

class UpgradeStep : public Step {
 public:
  explicit UpgradeStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "upgrade"; }
  std::vector<absl::string_view> needs() const override { return {"cluster"}; }

  // The cluster step has just read the cluster.
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }

  Difference Compare() const override {
    return VersionDiffers()
               ? Difference::Differs(absl::StrCat("version ", work_.live->version, " -> ",
                                                  *work_.wanted.version_resolved))
               : Difference::None();
  }

  absl::Status Apply(const StepContext& context) override {
    bool checked = false;
    while (true) {
      // An upgrade that was begun earlier, or by DigitalOcean, ends first.
      KPROTO_RETURN_IF_ERROR(WaitUntilRunning(work_, context));
      if (!VersionDiffers()) {
        return absl::OkStatus();
      }
      KPROTO_ASSIGN_OR_RETURN(const std::string hop, Next(context));
      if (!checked) {
        KPROTO_RETURN_IF_ERROR(CheckWithClusterlint(work_, context));
        checked = true;
      }
      KPROTO_RETURN_IF_ERROR(Hop(hop, context));
    }
  }

  // Nothing of it is left to remove.
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  bool VersionDiffers() const {
    return work_.wanted.version_resolved.is_known() &&
           *work_.wanted.version_resolved != work_.live->version;
  }

  absl::StatusOr<std::string> Next(const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(const auto upgrades,
                            work_.api.ListUpgrades(work_.live->id, context.stop));
    std::vector<std::string> slugs;
    for (const ocean::KubernetesVersion& version : upgrades) {
      slugs.push_back(version.slug);
    }
    const auto hop = NextHop(work_.live->version, *work_.wanted.version_resolved, slugs);
    return hop.ok() ? hop : WithPath(hop.status(), Path("version"));
  }

  absl::Status Hop(const std::string& version, const StepContext& context) {
    const std::string from = work_.live->version;
    StatusMessages messages(work_.api, work_.live->id);
    messages.Skip(context.stop);
    const std::vector<std::string> old_nodes = NodeIds(*work_.live);
    if (const absl::Status begun = Begin(version, context); !begun.ok()) {
      return WithPath(
          WithHint(Annotate(begun, absl::StrCat("could not upgrade from ", from, " to ", version)),
                   "DigitalOcean upgrades one minor version at a time, from its newest patch."),
          Path("version"));
    }
    Log(LogLevel::kInfo, "upgrade begun",
        {{"cluster", work_.live->id}, {"from", from}, {"to", version}});
    const absl::Status ended = WaitUntilUpgraded(version, old_nodes, messages, context);
    if (!ended.ok()) {
      messages.Report(context.stop);
    }
    return ended.ok() || messages.last().empty()
               ? ended
               : Annotate(ended,
                          absl::StrCat("upgrade to ", version, " (DigitalOcean's last message: \"",
                                       messages.last(), "\")"));
  }

  // A second POST for a lost answer would be refused when the first one was heard.
  absl::Status Begin(const std::string& version, const StepContext& context) {
    const std::string id = work_.live->id;
    const absl::Status status = work_.api.UpgradeCluster(id, version, context.stop);
    if (status.ok() || !http::MayHaveTakenEffect(status)) {
      return status;
    }
    KPROTO_ASSIGN_OR_RETURN(const auto seen, work_.api.GetCluster(id, context.stop));
    if (seen &&
        (seen->version == version || seen->status.state == ocean::ClusterState::kUpgrading)) {
      return absl::OkStatus();
    }
    return work_.api.UpgradeCluster(id, version, context.stop);
  }

  absl::Status WaitUntilUpgraded(const std::string& version,
                                 const std::vector<std::string>& old_nodes,
                                 StatusMessages& messages, const StepContext& context) {
    absl::Duration next_report, idle_since;
    return WaitUntil(
        work_, context,
        [&, lingering = Lingering()](const ocean::Cluster& live,
                                     absl::Duration waited) mutable -> absl::StatusOr<std::string> {
          const std::string missing = WhatIsMissing(live, {}, Degraded::kNotAccepted);
          if (waited >= next_report || missing.empty()) {
            messages.Report(context.stop);
            next_report = waited + kBetweenMessages;
          }
          if (live.status.state == ocean::ClusterState::kUpgrading) {
            idle_since = waited;
          }
          if (live.version != version) {
            return waited - idle_since > kUntilBegun
                       ? absl::StatusOr<std::string>(NeverBegun(live, version))
                       : absl::StrCat("the version is still ", live.version);
          }
          return !missing.empty() ? missing
                                  : WaitForNodes(Remaining(live, old_nodes), version, waited,
                                                 lingering, context.stop);
        });
  }

  // Since when only nodes from before the upgrade are waited for, and when to ask for them next.
  struct Lingering {
    std::optional<absl::Duration> since;
    absl::Duration next_question;
  };

  // What is still missing when all is well but for `nodes`, which are from before the upgrade.
  std::string WaitForNodes(std::vector<ocean::Node> nodes, const std::string& version,
                           absl::Duration waited, Lingering& lingering, std::stop_token stop) {
    if (!lingering.since) {
      lingering = {waited, waited + kBetweenQuestions};
    }
    const bool too_long = waited - *lingering.since > kUntilNodesGo;
    if (!nodes.empty() && (waited >= lingering.next_question || too_long)) {
      DropUpgraded(version, nodes, stop);
      lingering.next_question = waited + kBetweenQuestions;
    }
    if (nodes.empty()) {
      return "";
    }
    if (too_long) {
      WarnOfOldNodes(version, nodes);
      return "";
    }
    return absl::StrCat("nodes from before the upgrade are still there: ", Names(nodes));
  }

  static absl::Status NeverBegun(const ocean::Cluster& live, const std::string& version) {
    return WithHint(
        absl::FailedPreconditionError(absl::StrCat("DigitalOcean accepted the upgrade to ", version,
                                                   " but the cluster is ", live.status.text,
                                                   " and still at ", live.version)),
        "Apply again to ask once more; DigitalOcean's status page may tell of trouble.");
  }

  // A node may have been upgraded in its place. DigitalOcean does not say: the cluster is asked.
  void DropUpgraded(const std::string& version, std::vector<ocean::Node>& nodes,
                    std::stop_token stop) {
    if (!work_.node_versions) {
      return;
    }
    const auto versions = work_.node_versions(stop);
    if (versions.ok()) {
      std::erase_if(nodes, [&](const ocean::Node& node) {
        const auto found = versions->find(node.name);
        return found != versions->end() && found->second == version;
      });
    }
  }

  void WarnOfOldNodes(const std::string& version, const std::vector<ocean::Node>& nodes) {
    work_.warnings.AddWarning(
        "Nodes from before the upgrade",
        absl::StrCat("The cluster was upgraded to ", version,
                     ", and DigitalOcean says that it is done, but these nodes are still those "
                     "from before: ",
                     Names(nodes),
                     ". See with kubectl get nodes which version they run; replace_nodes = "
                     "[\"<id>\"] replaces one."),
        Path("version"));
  }

  ClusterWork& work_;
};

}  // namespace

std::unique_ptr<Step> MakeUpgradeStep(ClusterWork& work) {
  return std::make_unique<UpgradeStep>(work);
}

}  // namespace kproto
