// SPDX-License-Identifier: MPL-2.0
// The pure parts: versions, costs, the model, the way to and from DigitalOcean's objects, checks.
#include "resources/cluster/mapping.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/cluster/checks.h"
#include "resources/cluster/cost.h"
#include "resources/cluster/version.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

namespace api = digitalocean;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOkAndHolds;
using ::testing::Optional;
using ::testing::Pair;
using testing::SmallPlatform;
using testing::StatusIs;
using testing::Text;

// ---- versions
// ------------------------------------------------------------------------------------

const std::vector<std::string> kOffered = {"1.34.1-do.2", "1.34.1-do.10", "1.34.0-do.11",
                                           "1.33.9-do.0", "1.33.10-do.0", "odd"};

TEST(VersionTest, SlugsPatchesAndMinorsAreRead) {
  const auto slug = ParseVersion("1.34.1-do.10");
  ASSERT_TRUE(slug.ok());
  EXPECT_EQ(*slug, (VersionSlug{1, 34, 1, 10}));
  EXPECT_EQ(*ParseVersion("1.34"), (VersionSlug{1, 34, 0, 0}));
  for (const char* bad : {"", "1", "latest", "1.34.1.2", "1.34.1-do.", "1.x", "1.34-do.1-do.2"}) {
    EXPECT_THAT(ParseVersion(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
  EXPECT_EQ(MinorOf("1.34.1-do.0"), "1.34");
  EXPECT_EQ(MinorOf("1.34"), "1.34");
  EXPECT_EQ(MinorOf("latest"), "latest");
}

TEST(VersionTest, AMinorMeansItsNewestBuildByNumberNotByText) {
  EXPECT_THAT(ResolveVersion("1.34", "", kOffered), IsOkAndHolds("1.34.1-do.10"));
  EXPECT_THAT(ResolveVersion("1.33", "", kOffered), IsOkAndHolds("1.33.10-do.0"));
  EXPECT_THAT(ResolveVersion("latest", "", kOffered), IsOkAndHolds("1.34.1-do.10"));
  EXPECT_THAT(ResolveVersion("1.34.0-do.11", "", kOffered), IsOkAndHolds("1.34.0-do.11"));
}

TEST(VersionTest, ARunningClusterIsKeptWhileItSatisfies) {
  EXPECT_THAT(ResolveVersion("1.34", "1.34.0-do.1", kOffered), IsOkAndHolds("1.34.0-do.1"));
  EXPECT_THAT(ResolveVersion("latest", "1.30.0-do.1", kOffered), IsOkAndHolds("1.30.0-do.1"));
  EXPECT_THAT(ResolveVersion("1.34.0-do.1", "1.34.0-do.1", {}), IsOkAndHolds("1.34.0-do.1"));
}

TEST(VersionTest, AClusterIsUpgradedNeverDowngraded) {
  EXPECT_THAT(ResolveVersion("1.34", "1.33.9-do.0", kOffered), IsOkAndHolds("1.34.1-do.10"));
  EXPECT_THAT(ResolveVersion("1.34.1-do.2", "1.34.0-do.11", kOffered), IsOkAndHolds("1.34.1-do.2"));
  EXPECT_THAT(ResolveVersion("1.33", "1.34.0-do.1", kOffered), IsOkAndHolds("1.34.0-do.1"));
  EXPECT_THAT(ResolveVersion("1.34.0-do.11", "1.34.1-do.2", kOffered), IsOkAndHolds("1.34.1-do.2"));
}

TEST(VersionTest, WhatIsNotOfferedIsRefusedWithWhatIs) {
  EXPECT_THAT(ResolveVersion("1.35", "1.34.1-do.2", kOffered),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"1.35\" is not offered"), HasSubstr("1.33.10-do.0"))));
}

// ---- the model
// -----------------------------------------------------------------------------------

// A value of each attribute that no other attribute has, whatever its type.
class Filler {
 public:
  Value Of(const Attribute& attribute) {
    switch (attribute.nesting) {
      case Nesting::kSingle:
        return Object(attribute.nested);
      case Nesting::kList:
        return Value::OfList({Object(attribute.nested), Object(attribute.nested)});
      case Nesting::kSet:
        return Value::OfSet({Object(attribute.nested), Object(attribute.nested)});
      case Nesting::kMap:
        return Value::OfMap({{"a", Object(attribute.nested)}, {"b", Object(attribute.nested)}});
      case Nesting::kNone:
        return OfType(attribute.type);
    }
    return Value();
  }
  Value Object(const std::vector<Attribute>& attributes) {
    Value::Map map;
    for (const Attribute& attribute : attributes) {
      map[attribute.name] = Of(attribute);
      ++filled;
    }
    return Value::OfMap(std::move(map));
  }
  int filled = 0;

 private:
  Value OfType(const Type& type) {
    ++next_;
    switch (type.kind()) {
      case Type::Kind::kBool:
        return Value::Bool(true);
      case Type::Kind::kNumber:
        return Value::Int(next_);
      case Type::Kind::kList:
        return Value::OfList({OfType(type.element())});
      case Type::Kind::kSet:
        return Value::OfSet({OfType(type.element())});
      case Type::Kind::kMap:
        return Value::OfMap({{"k", OfType(type.element())}});
      default:
        return Value::String("v" + std::to_string(next_));
    }
  }
  int next_ = 0;
};

// How many members a struct of Attrs has: as many as braces it takes and not one more.
struct AnyMember {
  template <typename T>
  operator T() const;
};
template <typename M, typename... Members>
constexpr size_t MemberCount() {
  if constexpr (requires { M{Members{}..., AnyMember{}}; }) {
    return MemberCount<M, Members..., AnyMember>();
  } else {
    return sizeof...(Members);
  }
}

template <typename M>
void ExpectWholeTable() {
  const Value full = Filler().Object(M::Fields().attributes());
  const absl::StatusOr<M> model = M::Fields().Decode(full);
  ASSERT_THAT(model, testing::IsOk());
  EXPECT_EQ(M::Fields().Encode(*model), full) << "two attributes share a member";
  std::set<std::string> names;
  for (const Attribute& attribute : M::Fields().attributes()) {
    EXPECT_TRUE(names.insert(attribute.name).second) << attribute.name << " is there twice";
    EXPECT_FALSE(attribute.description.empty()) << attribute.name;
    EXPECT_TRUE(attribute.required || attribute.optional || attribute.computed) << attribute.name;
  }
  EXPECT_EQ(names.size(), MemberCount<M>()) << "a member is missing from its table";
}

TEST(ClusterModelTest, EveryMemberIsInItsTableOnce) {
  ExpectWholeTable<ClusterModel>();
  ExpectWholeTable<ClusterPool>();
  ExpectWholeTable<PoolNode>();
  ExpectWholeTable<PoolTaint>();
  ExpectWholeTable<ClusterVpc>();
  ExpectWholeTable<Timeouts>();
  ExpectWholeTable<MaintenancePolicy>();
  ExpectWholeTable<ClusterAutoscaler>();
  ExpectWholeTable<ControlPlaneFirewall>();
  ExpectWholeTable<ClusterSso>();
  ExpectWholeTable<ClusterPlugins>();
  ExpectWholeTable<OnDestroy>();
  ExpectWholeTable<ClusterCost>();
  ExpectWholeTable<PoolCost>();
  ExpectWholeTable<AssociatedResources>();
  ExpectWholeTable<AssociatedResource>();
}

TEST(ClusterModelTest, AModelOfNothingIsNullThroughout) {
  const Value empty = ClusterModel::Fields().Encode(ClusterModel());
  for (const auto& [name, value] : empty.map()) {
    EXPECT_TRUE(value.is_null()) << name;
  }
}

// ---- mapping
// -------------------------------------------------------------------------------------

TEST(MappingTest, TheOwnershipMarkIsFoundAgain) {
  EXPECT_EQ(OwnershipMark("ab12"), "kproto:ab12");
  EXPECT_EQ(NonceOf(std::vector<std::string>{"k8s", "team:a", "kproto:ab12"}), "ab12");
  EXPECT_EQ(NonceOf(std::vector<std::string>{"k8s"}), "");
  EXPECT_EQ(NonceOf(std::string("Cluster k8s kproto:ab12")), "ab12");
  EXPECT_EQ(NonceOf(std::string("of my kproto cluster")), "");
}

TEST(MappingTest, ADedicatedPoolGetsItsLabelAndTaint) {
  ClusterPool pool = *SmallPlatform().node_pools->at("monitoring");
  pool.labels = MapOf<std::string>{{"team", "a"}};
  const api::NodePoolSpec spec = PoolSpec("monitoring", pool);
  EXPECT_THAT(spec.labels, ElementsAre(Pair("node-type", "monitoring"), Pair("team", "a")));
  EXPECT_THAT(spec.taints, ElementsAre(api::Taint{"dedicated", "monitoring", "NoSchedule"}));
}

api::NodePool LivePool(const std::string& name, const ClusterPool& pool) {
  const api::NodePoolSpec spec = PoolSpec(name, pool);
  api::NodePool live;
  live.id = "p-1";
  live.name = name;
  live.size = spec.size;
  live.count = spec.count;
  live.tags = {"k8s", "k8s:c-1", "k8s:worker"};
  live.tags.insert(live.tags.end(), spec.tags.begin(), spec.tags.end());
  live.labels = spec.labels;
  live.taints = spec.taints;
  live.auto_scale = spec.auto_scale;
  live.min_nodes = spec.auto_scale ? spec.min_nodes : 0;
  live.max_nodes = spec.auto_scale ? spec.max_nodes : 0;
  return live;
}

// The pool as it reads after it was made as configured.
Value ReadBack(const ClusterPool& pool) {
  ClusterPool read = pool;
  ReadPool(LivePool("p", pool), read);
  EXPECT_EQ(PoolDifference("p", pool, LivePool("p", pool)), "");
  return ClusterPool::Fields().Encode(read);
}

TEST(MappingTest, WhatTheUserLeftOutStaysNullAndWhatIsEmptyStaysEmpty) {
  ClusterPool pool = *SmallPlatform().node_pools->at("primary");
  Value read = ReadBack(pool);
  for (const char* omitted : {"labels", "taints", "tags", "min_nodes", "max_nodes"}) {
    EXPECT_TRUE(read[omitted].is_null()) << omitted;
  }
  pool.labels = MapOf<std::string>();
  pool.taints = SetOf<PoolTaint>();
  pool.tags = SetOf<std::string>();
  read = ReadBack(pool);
  EXPECT_EQ(read["labels"], Value::OfMap({}));
  EXPECT_EQ(read["taints"], Value::OfSet({}));
  EXPECT_EQ(read["tags"], Value::OfSet({}));
  EXPECT_EQ(read["nodes"], Value::OfList({}));
}

TEST(MappingTest, EveryConfiguredDetailOfAPoolReadsBackAsWritten) {
  ClusterPool pool = *SmallPlatform().node_pools->at("monitoring");
  pool.labels = MapOf<std::string>{{"b", "2"}, {"a", ""}};
  pool.taints = SetOf<PoolTaint>{
      {PoolTaint{"x", {}, "NoExecute"}, PoolTaint{"dedicated", "other", "NoSchedule"}}};
  pool.tags = SetOf<std::string>{{"z", "a"}};
  const Value read = ReadBack(pool);
  const Value written = ClusterPool::Fields().Encode(pool);
  for (const char* name : {"size", "count", "dedicated", "labels", "taints", "tags"}) {
    EXPECT_EQ(read[name], written[name]) << name;
  }
}

TEST(MappingTest, LabelAndTaintOfADedicatedPoolAreNotShownTwice) {
  const Value read = ReadBack(*SmallPlatform().node_pools->at("monitoring"));
  EXPECT_EQ(read["dedicated"], Value::Bool(true));
  EXPECT_TRUE(read["labels"].is_null());
  EXPECT_TRUE(read["taints"].is_null());
}

TEST(MappingTest, ADedicatedPoolThatLostItsTaintShowsThatItDid) {
  const ClusterPool pool = *SmallPlatform().node_pools->at("monitoring");
  api::NodePool live = LivePool("monitoring", pool);
  live.taints.clear();
  EXPECT_EQ(PoolDifference("monitoring", pool, live), "taints differ");
  ClusterPool read = pool;
  ReadPool(live, read);
  EXPECT_EQ(read.dedicated, Attr<bool>(false));
}

TEST(MappingTest, DifferencesOfAPoolSayWhatChanges) {
  ClusterPool pool = *SmallPlatform().node_pools->at("primary");
  const api::NodePool live = LivePool("p", pool);
  auto difference = [&](auto change) {
    ClusterPool wanted = pool;
    change(wanted);
    return PoolDifference("p", wanted, live);
  };
  EXPECT_EQ(difference([](ClusterPool& p) { p.count = 5; }), "count 2 -> 5");
  EXPECT_EQ(difference([](ClusterPool& p) { p.auto_scale = true; }), "auto_scale off -> on");
  EXPECT_EQ(difference([](ClusterPool& p) {
              p.labels = MapOf<std::string>{{"a", "b"}};
            }),
            "labels differ");
  EXPECT_EQ(difference([](ClusterPool& p) { p.tags = SetOf<std::string>{{"a"}}; }), "tags differ");
  EXPECT_EQ(difference([](ClusterPool& p) { p.size = "c-2"; }), "") << "the size is not its affair";
  ClusterPool scaled = pool;
  scaled.auto_scale = true;
  scaled.min_nodes = 1;
  scaled.max_nodes = 3;
  api::NodePool scaling = LivePool("p", scaled);
  scaling.count = 2;
  EXPECT_EQ(PoolDifference("p", scaled, scaling), "") << "the count is the autoscaler's";
  scaled.max_nodes = 4;
  EXPECT_EQ(PoolDifference("p", scaled, scaling), "nodes 1-3 -> 1-4");
}

TEST(MappingTest, AnUpdateOfAScalingPoolLeavesTheCountAlone) {
  ClusterPool pool = *SmallPlatform().node_pools->at("primary");
  EXPECT_THAT(PoolUpdate("p", pool).count, Optional(2));
  EXPECT_EQ(PoolUpdate("p", pool).min_nodes, std::nullopt);
  pool.auto_scale = true;
  pool.min_nodes = 1;
  pool.max_nodes = 3;
  EXPECT_EQ(PoolUpdate("p", pool).count, std::nullopt);
  EXPECT_THAT(PoolUpdate("p", pool).min_nodes, Optional(1));
  EXPECT_THAT(PoolUpdate("p", pool).max_nodes, Optional(3));
}

TEST(MappingTest, AClusterIsAskedForWithItsMarkAndReadWithout) {
  ClusterModel cluster = SmallPlatform();
  cluster.tags = SetOf<std::string>{{"team:a"}};
  cluster.version_resolved = "1.33.5-do.0";
  cluster.vpc_id = "v-1";
  const api::ClusterSpec spec = ClusterSpecOf(cluster, "ab12");
  EXPECT_THAT(spec.tags, ElementsAre("team:a", "kproto:ab12"));
  EXPECT_EQ(spec.version, "1.33.5-do.0");
  EXPECT_EQ(spec.vpc_uuid, "v-1");
  EXPECT_EQ(spec.ha, std::nullopt);
  EXPECT_EQ(spec.node_pools.size(), 2u);

  api::Cluster live;
  live.id = "c-1";
  live.tags = {"k8s", "k8s:c-1", "kproto:ab12", "team:a"};
  live.node_pools = {LivePool("primary", *cluster.node_pools->at("primary")),
                     LivePool("stranger", ClusterPool())};
  ReadCluster(live, cluster);
  EXPECT_EQ(EncodeAttr(cluster.tags), Value::OfSet({Value::String("team:a")}));
  EXPECT_TRUE(cluster.endpoint.is_null()) << "not there yet is null";
  EXPECT_EQ(cluster.node_pools->count("monitoring"), 0u) << "a pool that is gone";
  EXPECT_EQ(cluster.node_pools->count("stranger"), 1u) << "a pool that came";
  EXPECT_EQ(cluster.urn, Attr<std::string>("do:kubernetes:c-1"));
}

TEST(MappingTest, TheVpcIsNamedAfterTheClusterUnlessNamed) {
  ClusterModel cluster = SmallPlatform();
  EXPECT_EQ(VpcName(cluster), "k8s-vpc");
  cluster.vpc->name = "net";
  EXPECT_EQ(VpcName(cluster), "net");
}

// ---- checks
// --------------------------------------------------------------------------------------

std::string Checked(const ClusterModel& cluster) {
  Diagnostics diagnostics;
  CheckModel(cluster, diagnostics);
  return Text(diagnostics);
}
std::string Checked(void (*change)(ClusterPool&)) {
  ClusterModel cluster = SmallPlatform();
  change(*(*cluster.node_pools)["primary"]);
  return Checked(cluster);
}

TEST(ChecksTest, AGoodClusterPasses) { EXPECT_EQ(Checked(SmallPlatform()), ""); }

TEST(ChecksTest, UnknownValuesPass) {
  ClusterModel cluster = SmallPlatform();
  cluster.vpc->id = Attr<std::string>::Unknown();
  cluster.cluster_subnet = Attr<std::string>::Unknown();
  (*cluster.node_pools)["primary"]->count = Attr<int64_t>::Unknown();
  (*cluster.node_pools)["x"] = Attr<ClusterPool>::Unknown();
  EXPECT_EQ(Checked(cluster), "");
  cluster.vpc = Attr<ClusterVpc>::Unknown();
  cluster.node_pools = Attr<MapOf<ClusterPool>>::Unknown();
  EXPECT_EQ(Checked(cluster), "");
  EXPECT_EQ(Checked([](ClusterPool& p) {
              p.auto_scale = Attr<bool>::Unknown();
              p.count = {};
            }),
            "");
}

TEST(ChecksTest, CountAndAutoscalerExcludeEachOther) {
  EXPECT_THAT(Checked([](ClusterPool& p) { p.count = {}; }),
              AllOf(HasSubstr("Missing node count"), HasSubstr("[node_pools[\"primary\"]]")));
  EXPECT_THAT(Checked([](ClusterPool& p) {
                p.auto_scale = true;
                p.count = {};
              }),
              HasSubstr("needs min_nodes and max_nodes"));
  EXPECT_THAT(Checked([](ClusterPool& p) {
                p.auto_scale = true;
                p.min_nodes = 1;
                p.max_nodes = 2;
              }),
              AllOf(HasSubstr("Remove count"), HasSubstr("[node_pools[\"primary\"].count]")));
  EXPECT_THAT(Checked([](ClusterPool& p) {
                p.auto_scale = true;
                p.count = {};
                p.min_nodes = 3;
                p.max_nodes = 2;
              }),
              HasSubstr("min_nodes (3) is above max_nodes (2)"));
}

TEST(ChecksTest, NetworksMustNotOverlap) {
  ClusterModel cluster = SmallPlatform();  // 10.10.0.0/20
  cluster.cluster_subnet = "10.10.8.0/24";
  EXPECT_THAT(Checked(cluster), AllOf(HasSubstr("cluster_subnet (10.10.8.0/24) and vpc.ip_range"),
                                      HasSubstr("[cluster_subnet]")));
  cluster.cluster_subnet = "10.10.16.0/20";
  EXPECT_EQ(Checked(cluster), "") << "neighbours do not overlap";
  cluster.service_subnet = "10.0.0.0/8";
  EXPECT_THAT(Checked(cluster), HasSubstr("Overlapping networks"));
  cluster.service_subnet = "garbage";
  EXPECT_EQ(Checked(cluster), "");
}

TEST(ChecksTest, AVpcIsAdoptedOrMadeNotBoth) {
  ClusterModel cluster = SmallPlatform();
  cluster.vpc->id = "v-1";
  EXPECT_THAT(Checked(cluster), HasSubstr("VPC both adopted and made"));
  cluster.vpc->ip_range = {};
  EXPECT_EQ(Checked(cluster), "");
}

std::string CheckedAgainstOffer(const ClusterModel& cluster, int64_t limit = 25) {
  const testing::FakeCloud cloud = testing::FakeDigitalOcean().cloud();
  Offer offer{cloud.options, cloud.sizes, cloud.account};
  offer.account.droplet_limit = limit;
  offer.sizes[0].regions = {"nyc3"};
  Diagnostics diagnostics;
  CheckOffer(cluster, offer, diagnostics);
  return Text(diagnostics);
}

TEST(ChecksTest, RegionAndSizesMustBeOffered) {
  ClusterModel cluster = SmallPlatform();
  EXPECT_EQ(CheckedAgainstOffer(cluster), "");
  cluster.region = "mars1";
  EXPECT_THAT(CheckedAgainstOffer(cluster),
              AllOf(HasSubstr("\"mars1\". Offered: ams3, nyc3"), HasSubstr("[region]")));
  cluster.region = "ams3";
  EXPECT_THAT(CheckedAgainstOffer(cluster),
              AllOf(HasSubstr("\"s-2vcpu-4gb\" is not offered in ams3, but in nyc3"),
                    HasSubstr("[node_pools[\"primary\"].size]")));
  cluster = SmallPlatform();
  (*cluster.node_pools)["primary"]->size = "s-tiny";
  EXPECT_THAT(CheckedAgainstOffer(cluster),
              HasSubstr("no worker size \"s-tiny\". Offered: c-2, c-4, s-2vcpu-4gb, "));
  cluster.region = Attr<std::string>::Unknown();
  EXPECT_EQ(CheckedAgainstOffer(cluster), "");
}

TEST(ChecksTest, TheAccountsLimitCountsEveryPoolAtItsMost) {
  ClusterModel cluster = SmallPlatform();
  EXPECT_EQ(CheckedAgainstOffer(cluster, 3), "");
  EXPECT_THAT(CheckedAgainstOffer(cluster, 2), HasSubstr("need up to 3 nodes"));
  ClusterPool& pool = *(*cluster.node_pools)["primary"];
  pool.auto_scale = true;
  pool.max_nodes = 30;
  EXPECT_THAT(CheckedAgainstOffer(cluster), HasSubstr("need up to 31 nodes"));
  EXPECT_EQ(CheckedAgainstOffer(cluster, 0), "") << "no limit is known";
}

}  // namespace
}  // namespace kproto
