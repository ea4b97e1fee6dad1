// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/cli_helm.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/digest.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/helm/chart_archive.h"
#include "clients/helm/chart_cache.h"
#include "clients/helm/chart_store.h"
#include "clients/helm/helm_error.h"
#include "clients/helm/helm_program.h"
#include "clients/helm/release_json.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/yaml/yaml.h"

namespace kproto::helm {
namespace {

using Args = std::vector<std::string>;

std::string Text(const Json& values) {
  const Json& whole = values.is_null() ? Json::object() : values;
  return whole.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Helm's own timeout ends before our deadline does, so that helm can still say what was not ready.
std::string Timeout(absl::Duration wanted, const Call& call) {
  const absl::Duration left = call.deadline - absl::Now() - absl::Seconds(5);
  const absl::Duration timeout = std::max(std::min(wanted, left), absl::Seconds(1));
  return absl::StrCat("--timeout=", absl::ToInt64Seconds(timeout), "s");
}

// The same status with secrets of `values` taken out of its message.
absl::Status Redacted(const absl::Status& status, const Json& values) {
  absl::Status clean(status.code(), RedactValues(std::string(status.message()), values));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { clean.SetPayload(url, payload); });
  return clean;
}

absl::Status Of(const ReleaseKey& key, const absl::Status& status) {
  return status.ok() ? status : Annotate(status, key.ToString());
}

// Names go on the command line: one that begins with a dash would be a flag.
absl::Status CheckKey(const ReleaseKey& key) {
  if (key.name.empty() || key.name[0] == '-' || key.ns.empty() || key.ns[0] == '-') {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", key.ns, "/", key.name, "\" does not name a release"));
  }
  return absl::OkStatus();
}

// What to roll back to; nullptr when nothing was ever deployed. "Superseded" alone does not mean
// that it was: Helm says so of an unfinished revision, too, when a rollback from it fails. One such
// in place of what is deployed, and Helm forgets the objects that only the deployed one has.
const Release* LastGood(const std::vector<Release>& history) {
  for (const ReleaseStatus status : {ReleaseStatus::kDeployed, ReleaseStatus::kSuperseded}) {
    const auto last = std::find_if(history.rbegin(), history.rend(), [&](const Release& release) {
      return release.status == status;
    });
    if (last != history.rend()) {
      return &*last;
    }
  }
  return nullptr;
}

class CliHelm : public Helm {
 public:
  explicit CliHelm(CliHelmOptions options)
      : connect_(options.connect),
        store_(options.chart_store),
        program_(std::move(options)),
        charts_(&program_, store_) {}

  absl::StatusOr<ChartMetadata> ShowChart(const ChartRef& chart, const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const Json yaml, Show("chart", chart, call));
    return MetadataOf(yaml);
  }

  absl::StatusOr<Json> ShowValues(const ChartRef& chart, const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(Json values, Show("values", chart, call));
    return values.is_null() ? Json::object() : std::move(values);
  }

  absl::StatusOr<std::shared_ptr<const ChartContents>> ReadChart(const ChartRef& chart,
                                                                 const Call& call) override {
    return charts_.Read(chart, call);
  }

  absl::StatusOr<std::vector<Json>> Template(const TemplateRequest& request,
                                             const Call& call) override {
    KPROTO_RETURN_IF_ERROR(CheckKey({request.ns, request.release_name}));
    KPROTO_ASSIGN_OR_RETURN(const std::string archive, charts_.Fetch(request.chart, call));
    Args args = {"template", request.release_name, archive, "--namespace",
                 request.ns, "--values",           "-"};
    if (request.crds == TemplateRequest::Crds::kInclude) {
      args.push_back("--include-crds");
    }
    if (!request.kube_version.empty()) {
      args.push_back(absl::StrCat("--kube-version=", request.kube_version));
    }
    for (const std::string& version : request.api_versions) {
      args.push_back(absl::StrCat("--api-versions=", version));
    }
    const std::string values = Text(request.values);
    const std::string digest = Sha256Hex(absl::StrCat(absl::StrJoin(args, "\n"), "\n", values));
    if (std::optional<std::vector<Json>> before = Rendered(digest)) {
      return *std::move(before);
    }
    const absl::StatusOr<std::string> out = program_.Run(args, values, call);
    if (!out.ok()) {
      return Annotate(Redacted(out.status(), request.values), request.chart.ToString());
    }
    absl::StatusOr<std::vector<Json>> objects =
        yaml::ParseAll(*out, yaml::DuplicateKeys::kLastWins);
    if (!objects.ok()) {
      return Annotate(Redacted(objects.status(), request.values),
                      absl::StrCat(request.chart.ToString(), " renders what is not YAML"));
    }
    std::lock_guard lock(rendered_mutex_);
    rendered_[digest] = *objects;
    return objects;
  }

  absl::StatusOr<std::optional<Release>> Status(const Cluster& cluster, const ReleaseKey& key,
                                                const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(std::vector<Release> last, Revisions(cluster, key, 1, call));
    if (last.empty()) {
      return std::nullopt;
    }
    return std::move(last.back());
  }

  absl::StatusOr<Release> UpgradeInstall(const Cluster& cluster, const UpgradeRequest& request,
                                         const Call& call) override {
    KPROTO_RETURN_IF_ERROR(CheckKey(request.key));
    KPROTO_ASSIGN_OR_RETURN(const HelmProgram::Ready* ready, program_.Prepare(call));
    KPROTO_ASSIGN_OR_RETURN(const std::string archive, charts_.Fetch(request.chart, call));
    // --reset-values: without it helm silently keeps the last values when ours are empty.
    Args args = {"upgrade",     request.key.name, archive,          "--install",
                 "--namespace", request.key.ns,   "--reset-values", "--values",
                 "-",           "--output",       "json",           Timeout(request.timeout, call)};
    if (request.create_namespace == Namespace::kCreate) {
      args.push_back("--create-namespace");
    }
    if (request.wait == Wait::kReady) {
      args.push_back("--wait");
    }
    if (request.ownership == Ownership::kTake) {
      args.push_back("--take-ownership");
    }
    if (request.on_failure == OnFailure::kRollBack) {
      args.push_back(ready->major == 3 ? "--atomic" : "--rollback-on-failure");
    }
    AddApplyFlags(*ready, args);
    const absl::StatusOr<std::string> out =
        program_.RunOn(cluster, std::move(args), Text(request.values), call);
    if (!out.ok()) {
      return Of(request.key, Redacted(out.status(), request.values));
    }
    return ReleaseFromRecord(*out, request.key);
  }

  absl::Status Uninstall(const Cluster& cluster, const ReleaseKey& key, Wait wait,
                         absl::Duration timeout, const Call& call) override {
    KPROTO_RETURN_IF_ERROR(CheckKey(key));
    Args args = {"uninstall", key.name, "--namespace", key.ns, Timeout(timeout, call)};
    if (wait == Wait::kReady) {
      args.push_back("--wait");
    }
    const absl::Status status = program_.RunOn(cluster, std::move(args), "", call).status();
    return IsReleaseNotFound(status) ? absl::OkStatus() : Of(key, status);
  }

  absl::StatusOr<std::vector<Release>> History(const Cluster& cluster, const ReleaseKey& key,
                                               const Call& call) override {
    return Revisions(cluster, key, 256, call);
  }

  absl::StatusOr<Json> GetValues(const Cluster& cluster, const ReleaseKey& key,
                                 const Call& call) override {
    KPROTO_RETURN_IF_ERROR(CheckKey(key));
    const Args args = {"get", "values", key.name, "--namespace", key.ns, "--output", "json"};
    const absl::StatusOr<std::string> out = program_.RunOn(cluster, args, "", call);
    if (!out.ok()) {
      return Of(key, out.status());
    }
    Json values = Json::parse(*out, nullptr, false);
    if (values.is_discarded()) {
      return absl::DataLossError(absl::StrCat(key.ToString(), ": helm's values are not JSON"));
    }
    return values.is_null() ? Json::object() : std::move(values);
  }

  absl::StatusOr<std::vector<Json>> GetManifest(const Cluster& cluster, const ReleaseKey& key,
                                                int revision, const Call& call) override {
    KPROTO_RETURN_IF_ERROR(CheckKey(key));
    const Args args = {
        "get", "manifest", key.name, "--namespace", key.ns, "--revision", absl::StrCat(revision)};
    const absl::StatusOr<std::string> out = program_.RunOn(cluster, args, "", call);
    if (!out.ok()) {
      return IsReleaseNotFound(out.status())
                 ? absl::NotFoundError(absl::StrCat(key.ToString(), " has no revision ", revision))
                 : Of(key, out.status());
    }
    absl::StatusOr<std::vector<Json>> objects =
        yaml::ParseAll(*out, yaml::DuplicateKeys::kLastWins);
    // The parser's words would repeat what is in it.
    return objects.ok()
               ? objects
               : absl::DataLossError(absl::StrCat(key.ToString(), ": its manifest is not YAML"));
  }

  absl::Status Rollback(const Cluster& cluster, const ReleaseKey& key, int revision, Wait wait,
                        absl::Duration timeout, const Call& call) override {
    KPROTO_RETURN_IF_ERROR(CheckKey(key));
    KPROTO_ASSIGN_OR_RETURN(const HelmProgram::Ready* ready, program_.Prepare(call));
    Args args = {"rollback",    key.name, absl::StrCat(revision),
                 "--namespace", key.ns,   Timeout(timeout, call)};
    if (wait == Wait::kReady) {
      args.push_back("--wait");
    }
    AddApplyFlags(*ready, args);
    return Of(key, program_.RunOn(cluster, std::move(args), "", call).status());
  }

  absl::StatusOr<std::string> Recover(const Cluster& cluster, const ReleaseKey& key,
                                      const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const std::vector<Release> history, History(cluster, key, call));
    if (history.empty() || !IsPending(history.back().status)) {
      return "";
    }
    const std::string was = absl::StrCat(key.ToString(), " was left ",
                                         ToString(history.back().status), " by a helm that ended");
    if (const Release* good = LastGood(history)) {
      KPROTO_RETURN_IF_ERROR(
          Rollback(cluster, key, good->revision, Wait::kNone, absl::Minutes(5), call));
      return absl::StrCat(was, "; rolled back to revision ", good->revision);
    }
    KPROTO_RETURN_IF_ERROR(DeleteRecord(cluster, history.back(), call));
    return absl::StrCat(was, "; removed its unfinished revision ", history.back().revision);
  }

  absl::Status Forget(const Cluster& cluster, const ReleaseKey& key, const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const std::vector<Release> history, History(cluster, key, call));
    // The newest last: what is left of an interruption is still a release.
    for (const Release& release : history) {
      KPROTO_RETURN_IF_ERROR(DeleteRecord(cluster, release, call));
    }
    return absl::OkStatus();
  }

 private:
  // Helm 4 applies on the server, where a field that someone else changed is a conflict; Helm 3
  // overwrites it. The release is ours in both.
  static void AddApplyFlags(const HelmProgram::Ready& ready, Args& args) {
    if (ready.major >= 4) {
      args.insert(args.end(), {"--server-side=true", "--force-conflicts"});
    }
  }

  // What this process has rendered before, by digest of all that went in.
  std::optional<std::vector<Json>> Rendered(const std::string& digest) {
    std::lock_guard lock(rendered_mutex_);
    const auto found = rendered_.find(digest);
    return found == rendered_.end() ? std::nullopt : std::optional(found->second);
  }

  absl::StatusOr<Json> Show(const char* what, const ChartRef& chart, const Call& call) {
    KPROTO_ASSIGN_OR_RETURN(const std::string archive, charts_.Fetch(chart, call));
    const absl::StatusOr<std::string> out = program_.Run({"show", what, archive}, "", call);
    if (!out.ok()) {
      return Annotate(out.status(), chart.ToString());
    }
    absl::StatusOr<Json> yaml = yaml::Parse(*out, yaml::DuplicateKeys::kLastWins);
    if (!yaml.ok()) {
      return Annotate(yaml.status(), absl::StrCat(chart.ToString(), ": its ", what));
    }
    return yaml;
  }

  absl::StatusOr<std::vector<Release>> Revisions(const Cluster& cluster, const ReleaseKey& key,
                                                 int max, const Call& call) {
    KPROTO_RETURN_IF_ERROR(CheckKey(key));
    const Args args = {"history", key.name,          "--namespace", key.ns,
                       "--max",   absl::StrCat(max), "--output",    "json"};
    const absl::StatusOr<std::string> out = program_.RunOn(cluster, args, "", call);
    if (IsReleaseNotFound(out.status())) {
      return std::vector<Release>{};
    }
    if (!out.ok()) {
      return Of(key, out.status());
    }
    return ReleasesFromHistory(*out, key);
  }

  // Helm keeps each revision in a Secret (its default driver), the unfinished one too.
  absl::Status DeleteRecord(const Cluster& cluster, const Release& release, const Call& call) {
    if (!connect_) {
      return absl::FailedPreconditionError(
          absl::StrCat(release.key.ToString(), " is ", ToString(release.status)));
    }
    const kubernetes::ObjectKey record = {
        "v1", "Secret", release.key.ns,
        absl::StrCat("sh.helm.release.v1.", release.key.name, ".v", release.revision)};
    return connect_(cluster)->Delete(record, kubernetes::Propagation::kBackground, call);
  }

  const std::function<std::unique_ptr<kubernetes::Kubernetes>(const Cluster&)> connect_;
  const std::string store_;
  HelmProgram program_;
  ChartCache charts_;
  std::mutex rendered_mutex_;
  std::map<std::string, std::vector<Json>> rendered_;
};

}  // namespace

std::unique_ptr<Helm> MakeCliHelm(CliHelmOptions options) {
  return std::make_unique<CliHelm>(std::move(options));
}

}  // namespace kproto::helm
