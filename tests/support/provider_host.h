// SPDX-License-Identifier: MPL-2.0
// ProviderHost: OpenTofu in small around the built provider: starts the process, configures it,
// refreshes, plans, applies, replaces, taints and keeps the state of resources of one type, several
// at a time, and holds every plan and every result against the host's rules. All over the wire: the
// process may be killed at any moment, and what the host then knows is what a host would know.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "provider/schema/schema.h"
#include "provider/schema/value.h"
#include "tests/support/plugin_host.h"

namespace kproto::testing {

class ProviderHost {
 public:
  struct Options {
    std::string binary;
    std::string type = "kproto_cluster";
    std::string data_dir;          // TF_DATA_DIR; the journal lives there
    nlohmann::json configuration;  // of the provider block
    int parallelism = 10;          // resources worked on at a time, as in `tofu -parallelism`
    std::map<std::string, std::string> environment;  // over that of a host
  };
  struct Resource {
    Value state;
    std::string private_state;
    bool tainted = false;
  };
  // What is configured, by address; what a block says, as JSON.
  using Configuration = std::map<std::string, nlohmann::json>;

  explicit ProviderHost(Options options);
  ~ProviderHost();
  ProviderHost(const ProviderHost&) = delete;
  ProviderHost& operator=(const ProviderHost&) = delete;

  // A run of the host: one provider process, made by the first call after End().
  bool Refresh();
  // How many resources would change; nullopt when it cannot be told. Refreshes first.
  std::optional<int> Plan(const Configuration& configuration);
  // `tofu plan -refresh=false`
  std::optional<int> PlanWithoutRefresh(const Configuration& configuration);
  // Refreshes, plans and applies; what is no longer configured is destroyed. False on any error.
  bool Apply(const Configuration& configuration);
  bool Destroy() { return Apply({}); }
  // `tofu import ADDRESS ID`
  bool Import(const std::string& address, const std::string& id);
  // The end of the run: the process goes, and with it whatever the journal holds of this run.
  void End();

  // For any thread, while the others work: the running process, or -1; and what Ctrl-C does.
  pid_t pid() const { return pid_; }
  void Stop();
  // What the provider said since the run began, and what a host would have said of it.
  std::string said() const;

  std::map<std::string, Resource> resources;

 private:
  struct Change;
  class Wire;

  bool Start();
  void Say(const std::string& line);
  bool ReadAll();
  bool PlanAll(const Configuration& configuration, std::map<std::string, Change>& changes);
  bool PlanOne(const Resource& resource, const Value& config, Change& change);
  bool ApplyOne(Resource& resource, Change& change);
  bool Destroy(Resource& resource, const Change& change);
  bool Create(Resource& resource, const Change& change);
  // Calls work(address) for each of them, `parallelism` at a time; false when one was false.
  bool ForEach(const std::vector<std::string>& addresses,
               const std::function<bool(const std::string&)>& work);

  const Options options_;
  const Schema& schema_;
  std::unique_ptr<PluginHost> process_;
  std::unique_ptr<Wire> wire_;
  std::atomic<pid_t> pid_ = -1;
  mutable std::mutex mutex_;
  std::string said_;
};

}  // namespace kproto::testing
