// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/picture.h"

#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/app_of_apps.h"
#include "resources/monitoring_stack/footprint.h"
#include "resources/monitoring_stack/memory.h"
#include "resources/monitoring_stack/plan.h"

namespace kproto::monitoring_stack {

absl::StatusOr<RenderedStack> Picture(const MonitoringStackModel& model,
                                      const MonitoringStackModel& config, const ValuesFiles& files,
                                      const Desired& desired, Connections& connections,
                                      const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(helm::Helm * helm, connections.Helm());
  RenderedStack stack = Render(model, nullptr, files, desired, *helm, call);
  if (const auto git = connections.Git(); desired.git && git.ok()) {
    RenderFromGit(desired, {**git, config.git_credentials}, *helm, LookupOf(connections), call,
                  stack);
  }
  for (const RenderedComponent& component : stack.components) {
    for (const absl::Status& status : {component.fetched, component.rendered}) {
      if (!status.ok()) {
        return WithPath(status, Path(component.attribute));
      }
    }
  }
  return stack;
}

absl::StatusOr<Desired> Rendered(const MonitoringStackModel& model,
                                 const MonitoringStackModel& config, const ValuesFiles& files,
                                 Connections& connections, const kubernetes::Call& call,
                                 PrivateState& private_state) {
  Desired desired = DesiredOf(model, files, LookupOf(connections));
  desired.footprint = RememberedFootprint(private_state);
  const auto git = connections.Git();
  if (!desired.footprint || (git.ok() && GitHasMoved(desired, desired.footprint,
                                                     {**git, config.git_credentials}, call))) {
    KPROTO_ASSIGN_OR_RETURN(const RenderedStack stack,
                            Picture(model, config, files, desired, connections, call));
    desired.footprint = FootprintOf(stack);
    Remember(desired.footprint, private_state);
  }
  return desired;
}

}  // namespace kproto::monitoring_stack
