// SPDX-License-Identifier: MPL-2.0
#include "lab/cloud/cloud_controllers.h"

#include <thread>

#include "base/log.h"
#include "lab/cloud/cloud_api.h"
#include "lab/cloud/ingresses.h"
#include "lab/cloud/load_balancers.h"
#include "lab/cloud/volumes.h"
#include "lab/process/wait.h"

namespace kproto::lab {
namespace {

// Listing what is there costs an API server a millisecond; a watch would gain nothing here.
constexpr absl::Duration kPass = absl::Milliseconds(400);

class Controllers : public Companion {
 public:
  Controllers(const CompanionSite& site, const std::string& url, const std::string& token)
      : kubernetes_(site.access),
        cloud_(url, token),
        site_{&kubernetes_, &cloud_, site.spec},
        thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

 private:
  void Run(std::stop_token stop) {
    do {
      Report("load balancers", ReconcileLoadBalancers(site_));
      Report("volumes", ReconcileVolumes(site_));
      Report("ingresses", ReconcileIngresses(site_));
    } while (Pause(kPass, stop));
  }

  void Report(absl::string_view controller, const absl::Status& status) {
    // No answer is what a stopping cluster gives.
    if (!status.ok() && !absl::IsUnavailable(status)) {
      Log(LogLevel::kWarn, controller,
          {{"cluster", site_.cluster.name}, {"error", status.ToString()}});
    }
  }

  ApiClient kubernetes_;
  CloudApi cloud_;
  const CloudSite site_;
  std::jthread thread_;
};

}  // namespace

CompanionFactory CloudControllers(const std::string& cloud_url, const std::string& token) {
  return [cloud_url, token](const CompanionSite& site) -> std::unique_ptr<Companion> {
    return std::make_unique<Controllers>(site, cloud_url, token);
  };
}

}  // namespace kproto::lab
