// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc/model.h"

namespace kproto {

const Table<VpcModel>& VpcModel::Fields() {
  static const auto& table = *new Table<VpcModel>({
      Field("id", &VpcModel::id, Computed(), Stable(), Doc("Id of the VPC.")),
      Field(
          "name", &VpcModel::name, Required(),
          Check(Matches("[a-zA-Z0-9.-]{1,255}", "must have letters, digits, dots and dashes only")),
          Doc("Name of the VPC, unique in the account.")),
      Field("region", &VpcModel::region, Required(), ForcesReplacement(), Check(NotEmpty()),
            Doc("Slug of the region, such as `nyc3`. A VPC does not span regions.")),
      Field("description", &VpcModel::description, Optional(), Check(LengthBetween(0, 255)),
            Doc("Free text of up to 255 characters.")),
      Field("ip_range", &VpcModel::ip_range, OptionalComputed(), Stable(), ForcesReplacement(),
            Check(Cidr(16, 28)),
            Doc("Private network in CIDR form, between /28 and /16; it must not overlap any other "
                "VPC of the account. Default: a free /20.")),
      Field("timeouts", &VpcModel::timeouts, Optional(),
            Doc("Limits of the operations. Default: create and update 5 m; delete 15 m, for as "
                "long as what was in the VPC still counts as its member.")),
      Field("urn", &VpcModel::urn, Computed(), Stable(), Doc("Uniform resource name.")),
      Field("default", &VpcModel::is_default, Computed(), Stable(),
            Doc("Whether it is its region's default VPC. The first VPC of a region becomes it, "
                "and nobody can delete it: a destroy releases it with a warning.")),
      Field("created_at", &VpcModel::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
  });
  return table;
}

}  // namespace kproto
