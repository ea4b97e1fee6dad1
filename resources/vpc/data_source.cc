// SPDX-License-Identifier: MPL-2.0
#include "resources/vpc/data_source.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "resources/listing.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

bool Matches(const VpcDataModel& wanted, const ocean::Vpc& vpc) {
  if (wanted.id.is_known()) {
    return vpc.id == *wanted.id;
  }
  return wanted.name.is_known() ? vpc.name == *wanted.name
                                : vpc.is_default && vpc.region == wanted.region.value_or("");
}

absl::Status NotFound(const VpcDataModel& wanted, const std::vector<ocean::Vpc>& all) {
  std::vector<std::string> there;
  for (const ocean::Vpc& vpc : all) {
    there.push_back(absl::StrCat(vpc.name, " (", vpc.id, ", ", vpc.region,
                                 vpc.is_default ? ", default)" : ")"));
  }
  const std::string list = absl::StrCat("; there are: ", InWords(there));
  if (wanted.id.is_known()) {
    return WithPath(
        absl::NotFoundError(absl::StrCat("no VPC has the id \"", *wanted.id, "\"", list)),
        Path("id"));
  }
  if (wanted.name.is_known()) {
    return WithPath(
        absl::NotFoundError(absl::StrCat("no VPC has the name \"", *wanted.name, "\"", list)),
        Path("name"));
  }
  return WithPath(WithHint(absl::NotFoundError(absl::StrCat("region \"", wanted.region.value_or(""),
                                                            "\" has no default VPC", list)),
                           "The first VPC that is made in a region becomes its default."),
                  Path("region"));
}

absl::Status Fill(ocean::DigitalOcean& api, VpcDataModel& state, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(const std::vector<ocean::Vpc> all, api.ListVpcs(stop));
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ocean::Vpc& vpc) { return Matches(state, vpc); });
  if (found == all.end()) {
    return NotFound(state, all);
  }
  state.id = found->id;
  state.name = found->name;
  state.region = found->region;
  state.ip_range = found->ip_range;
  state.description = found->description;
  state.urn = found->urn;
  state.is_default = found->is_default;
  state.created_at = found->created_at;
  return absl::OkStatus();
}

}  // namespace

const Table<VpcDataModel>& VpcDataModel::Fields() {
  static const auto& table = *new Table<VpcDataModel>({
      Field("id", &VpcDataModel::id, OptionalComputed(), Check(NotEmpty()),
            Doc("Id of the VPC. Give one of `id`, `name` and `region`.")),
      Field("name", &VpcDataModel::name, OptionalComputed(), Check(NotEmpty()),
            Doc("Name of the VPC, unique in the account.")),
      Field("region", &VpcDataModel::region, OptionalComputed(), Check(NotEmpty()),
            Doc("Slug of the region; given alone it stands for the region's default VPC.")),
      Field("ip_range", &VpcDataModel::ip_range, Computed(), Doc("Its network, in CIDR form.")),
      Field("description", &VpcDataModel::description, Computed(), Doc("What it is for.")),
      Field("urn", &VpcDataModel::urn, Computed(), Doc("Uniform resource name.")),
      Field("default", &VpcDataModel::is_default, Computed(),
            Doc("Whether it is the default of its region, which can never be deleted.")),
      Field("created_at", &VpcDataModel::created_at, Computed(),
            Doc("When it was made, in RFC 3339 form.")),
  });
  return table;
}

VpcDataSource::VpcDataSource(Connections& connections)
    : DataSource("kproto_vpc",
                 "A VPC that is there already, by its id, its name, or as the default of a region. "
                 "That there is none is an error that lists those there are."),
      connections_(connections) {}

void VpcDataSource::ValidateModel(const VpcDataModel& config, Diagnostics& diagnostics) {
  int given = 0, maybe = 0;
  for (const Attr<std::string>* attr : {&config.id, &config.name, &config.region}) {
    given += attr->is_known() ? 1 : 0;
    maybe += attr->is_unknown() ? 1 : 0;
  }
  if (given > 1 || given + maybe == 0) {
    diagnostics.AddError("Which VPC is not clear",
                         "Give exactly one of id, name and region; region stands for the region's "
                         "default VPC.");
  }
}

void VpcDataSource::Read(VpcDataModel& state, const RequestContext& context,
                         Diagnostics& diagnostics) {
  const auto api = connections_.DigitalOceanForReading();
  diagnostics.AddStatus(api.ok() ? Fill(**api, state, context.stop) : api.status(),
                        "Could not find the VPC");
}

}  // namespace kproto
