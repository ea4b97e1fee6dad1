// SPDX-License-Identifier: MPL-2.0
// kproto_monitoring_stack: Argo CD, and Grafana, Loki and a log collector as its Applications, in
// a cluster of DigitalOcean or any other. The verbs only set the stage; what is done is in the
// steps, and what is planned in plan.h.
#pragma once

#include <string>
#include <vector>

#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/monitoring_stack/model.h"

namespace kproto {

// Thread-safe: a call keeps nothing. `connections` must outlive it.
class MonitoringStackResource : public Resource<MonitoringStackModel> {
 public:
  explicit MonitoringStackResource(Connections& connections);

  void ValidateModel(const MonitoringStackModel& config, Diagnostics& diagnostics) override;
  void ModifyPlan(const MonitoringStackModel* prior, const MonitoringStackModel& config,
                  MonitoringStackModel& planned, std::vector<Path>& replace,
                  Operation& operation) override;
  void PlanDestroy(const MonitoringStackModel& prior, Operation& operation) override;
  Existence Create(const MonitoringStackModel& config, MonitoringStackModel& state,
                   Operation& operation) override;
  Existence Read(MonitoringStackModel& state, Operation& operation) override;
  void Update(const MonitoringStackModel& prior, const MonitoringStackModel& config,
              MonitoringStackModel& state, Operation& operation) override;
  void Delete(MonitoringStackModel& state, Operation& operation) override;
  void ImportModel(const std::string& id, MonitoringStackModel& state,
                   Operation& operation) override;

  using Resource<MonitoringStackModel>::Read;

 private:
  Connections& connections_;
};

}  // namespace kproto
