// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc_peering/model.h"

namespace kproto {

const Table<VpcPeeringModel>& VpcPeeringModel::Fields() {
  static const auto& table = *new Table<VpcPeeringModel>({
      Field("id", &VpcPeeringModel::id, Computed(), Stable(), Doc("Id of the peering.")),
      Field(
          "name", &VpcPeeringModel::name, Required(),
          Check(Matches("[a-zA-Z0-9.-]{1,255}", "must have letters, digits, dots and dashes only")),
          Doc("Name of the peering, unique in the account.")),
      Field("vpc_ids", &VpcPeeringModel::vpc_ids, Required(), ForcesReplacement(),
            Check(LengthBetween(2, 2)), Check(EachElement(NotEmpty())),
            Doc("Ids of the two VPCs to join, of the same or of two regions. Their ranges must not "
                "overlap.")),
      Field("timeouts", &VpcPeeringModel::timeouts, Optional(),
            Doc("Limits of the operations. Default: 10 m each.")),
      Field("status", &VpcPeeringModel::status, Computed(),
            Doc("State of the peering: `ACTIVE` when traffic passes.")),
      Field("created_at", &VpcPeeringModel::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
  });
  return table;
}

}  // namespace kproto
