// SPDX-License-Identifier: MPL-2.0
// What all resources that are one thing at DigitalOcean do alike: nothing is made twice or lost
// whichever call fails, what is unfinished is gone on with, what is somebody else's is refused.
#include <algorithm>
#include <stop_token>

#include "absl/strings/match.h"
#include "resources/firewall/resource.h"
#include "resources/project/resource.h"
#include "resources/vpc/resource.h"
#include "resources/vpc_nat_gateway/resource.h"
#include "resources/vpc_peering/resource.h"
#include "tests/resources/resource_host.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One kind: its resource, a good configuration of it, and how many there are at the cloud.
template <typename R, typename M>
struct KindOf {
  using Host = ResourceHost<R, M>;
  using Model = M;
};

std::string MakeVpc(FakeDigitalOcean& cloud, const std::string& name, const std::string& range) {
  return cloud.CreateVpc({.name = name, .region = "nyc3", .ip_range = range}, {})->id;
}

struct VpcKind : KindOf<VpcResource, VpcModel> {
  static constexpr const char* kNoun = "Vpc";
  static Model Config(FakeDigitalOcean&) {
    Model config;
    config.name = "shared";
    config.region = "nyc3";
    config.ip_range = "10.20.0.0/20";
    return config;
  }
  static int There(const FakeCloud& cloud) {
    return static_cast<int>(
        std::count_if(cloud.vpcs.begin(), cloud.vpcs.end(),
                      [](const auto& entry) { return entry.second.name == "shared"; }));
  }
};

struct PeeringKind : KindOf<VpcPeeringResource, VpcPeeringModel> {
  static constexpr const char* kNoun = "VpcPeering";
  static Model Config(FakeDigitalOcean& cloud) {
    Model config;
    config.name = "a-b";
    config.vpc_ids = SetOf<std::string>{
        {MakeVpc(cloud, "a", "10.20.0.0/20"), MakeVpc(cloud, "b", "10.21.0.0/20")}};
    return config;
  }
  static int There(const FakeCloud& cloud) { return static_cast<int>(cloud.vpc_peerings.size()); }
};

struct NatGatewayKind : KindOf<NatGatewayResource, NatGatewayModel> {
  static constexpr const char* kNoun = "NatGateway";
  static Model Config(FakeDigitalOcean& cloud) {
    Model config;
    config.name = "out";
    config.region = "nyc3";
    NatGatewayVpcModel vpc;
    vpc.vpc_uuid = MakeVpc(cloud, "a", "10.20.0.0/20");
    config.vpcs = ListOf<NatGatewayVpcModel>{vpc};
    return config;
  }
  static int There(const FakeCloud& cloud) { return static_cast<int>(cloud.nat_gateways.size()); }
};

struct FirewallKind : KindOf<FirewallResource, FirewallModel> {
  static constexpr const char* kNoun = "Firewall";
  static Model Config(FakeDigitalOcean&) {
    Model config;
    config.name = "guard";
    InboundRule rule;
    rule.protocol = "tcp";
    rule.ports = "all";
    FirewallTargets sources;
    sources.addresses = SetOf<std::string>{{std::string("10.0.0.0/8")}};
    rule.sources = sources;
    config.inbound_rules = SetOf<InboundRule>{{rule}};
    return config;
  }
  static int There(const FakeCloud& cloud) { return static_cast<int>(cloud.firewalls.size()); }
};

struct ProjectKind : KindOf<ProjectResource, ProjectModel> {
  static constexpr const char* kNoun = "Project";
  static Model Config(FakeDigitalOcean&) {
    Model config;
    config.name = "shop";
    return config;
  }
  static int There(const FakeCloud& cloud) {
    return static_cast<int>(
        std::count_if(cloud.projects.begin(), cloud.projects.end(),
                      [](const auto& entry) { return entry.second.name == "shop"; }));
  }
};

template <typename Kind>
class ObjectResourceTest : public ::testing::Test {
 protected:
  using Host = typename Kind::Host;

  static std::string Call(const char* verb) { return absl::StrCat(verb, Kind::kNoun); }
  int There() { return Kind::There(host_.cloud().cloud()); }

  Host host_;
  typename Kind::Model config_ = Kind::Config(host_.cloud());
};

using Kinds = ::testing::Types<VpcKind, PeeringKind, NatGatewayKind, FirewallKind, ProjectKind>;
TYPED_TEST_SUITE(ObjectResourceTest, Kinds);

TYPED_TEST(ObjectResourceTest, IsMadeOncePlansNothingAndIsGoneWhenDestroySaysSo) {
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  EXPECT_EQ(this->There(), 1);
  EXPECT_TRUE(this->host_.PlansNothing(this->config_)) << this->host_.Text();
  EXPECT_THAT(*this->host_.journal().All(), IsEmpty());
  ASSERT_TRUE(this->host_.Destroy()) << this->host_.Text();
  EXPECT_EQ(this->There(), 0);
}

TYPED_TEST(ObjectResourceTest, ANameChangesInPlace) {
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  const std::string id = *this->host_.model().id;
  this->config_.name = "renamed";
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  EXPECT_FALSE(this->host_.replaced);
  EXPECT_EQ(*this->host_.model().id, id);
  EXPECT_TRUE(this->host_.PlansNothing(this->config_));
}

TYPED_TEST(ObjectResourceTest, IsImportedByIdAndByName) {
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  const std::string id = *this->host_.model().id;
  for (const std::string& by : {id, *this->config_.name}) {
    this->host_.state = Value();
    ASSERT_TRUE(this->host_.Import(by)) << this->host_.Text();
    EXPECT_EQ(*this->host_.model().id, id);
    EXPECT_TRUE(this->host_.PlansNothing(this->config_)) << by;
  }
  this->host_.state = Value();
  EXPECT_FALSE(this->host_.Import("nobody"));
  EXPECT_THAT(this->host_.Text(), HasSubstr(id)) << "what there is is named";
}

TYPED_TEST(ObjectResourceTest, WhatIsGoneIsMadeAgain) {
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  this->host_.cloud().Edit([](FakeCloud& cloud) {
    cloud.vpc_peerings.clear();
    cloud.nat_gateways.clear();
    cloud.firewalls.clear();
    std::erase_if(cloud.projects, [](const auto& entry) { return entry.second.name == "shop"; });
    std::erase_if(cloud.vpcs, [](const auto& entry) { return entry.second.name == "shared"; });
  });
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  EXPECT_EQ(this->There(), 1);
}

TYPED_TEST(ObjectResourceTest, AnApplyThatWasKilledIsGoneOnWith) {
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  const std::string id = *this->host_.model().id;
  this->host_.state = Value();  // killed before the host got its answer
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  EXPECT_EQ(*this->host_.model().id, id);
  EXPECT_EQ(this->host_.cloud().Count(this->Call("Create")), 1);
}

TYPED_TEST(ObjectResourceTest, OneOfSomebodyElsesIsRefusedWithTheWayToImportIt) {
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  const std::string id = *this->host_.model().id;
  ASSERT_TRUE(this->host_.Refresh());  // the journal has forgotten it
  this->host_.state = Value();
  EXPECT_FALSE(this->host_.Apply(this->config_));
  EXPECT_THAT(this->host_.Text(),
              AllOf(HasSubstr("exists already (id " + id + ")"), HasSubstr("tofu import")));
  EXPECT_EQ(this->There(), 1);
  EXPECT_THAT(*this->host_.journal().All(), IsEmpty());
}

TYPED_TEST(ObjectResourceTest, ANameThatWasTakenMeanwhileIsNotTakenForOurs) {
  // Between the look and the POST somebody else makes one of this name; the POST is refused.
  this->host_.cloud().FailNext(this->Call("Create"),
                               absl::InvalidArgumentError("the same name already exists"));
  EXPECT_FALSE(this->host_.Apply(this->config_));
  EXPECT_EQ(this->There(), 0);
  EXPECT_THAT(*this->host_.journal().All(), IsEmpty()) << "nothing may be adopted by it later";
}

TYPED_TEST(ObjectResourceTest, EndsConvergedWhicheverCallFails) {
  int calls = 0;
  {
    typename TestFixture::Host host;
    const auto config = TypeParam::Config(host.cloud());
    host.cloud().ForgetCalls();
    ASSERT_TRUE(host.Apply(config)) << host.Text();
    ASSERT_TRUE(host.Destroy()) << host.Text();
    calls = static_cast<int>(host.cloud().calls().size());
  }
  ASSERT_GT(calls, 3);
  for (int n = 1; n <= calls; ++n) {
    for (const FailWhen when : {FailWhen::kBefore, FailWhen::kAfter}) {
      for (const int outage : {0, 1, 40}) {
        typename TestFixture::Host host;
        const auto config = TypeParam::Config(host.cloud());
        host.cloud().ForgetCalls();
        host.cloud().FailCall(n, absl::UnavailableError("fault"), when);
        for (int i = 1; i <= outage; ++i) {
          host.cloud().FailCall(n + i, absl::UnavailableError("outage"));
        }
        const auto everything = [&] { return host.Apply(config) && host.Destroy(); };
        const bool survived = everything();
        const std::string first = host.Text();
        for (int i = 0; i < 50; ++i) {
          (void)host.cloud().GetAccount({});  // the outage ends
        }
        SCOPED_TRACE(absl::StrCat("call ", n, when == FailWhen::kAfter ? " after" : " before",
                                  " its effect, outage ", outage, survived ? ", survived: " : ": ",
                                  first));
        ASSERT_TRUE(host.Apply(config)) << host.Text();
        EXPECT_EQ(TypeParam::There(host.cloud().cloud()), 1);
        EXPECT_TRUE(host.PlansNothing(config)) << host.Text();
        ASSERT_TRUE(host.Destroy()) << host.Text();
        EXPECT_EQ(TypeParam::There(host.cloud().cloud()), 0);
        EXPECT_THAT(*host.journal().All(), IsEmpty());
        if (::testing::Test::HasFailure()) {
          return;  // One broken place is enough to read.
        }
      }
    }
  }
}

TYPED_TEST(ObjectResourceTest, WithoutATokenNothingIsTouched) {
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  const Value before = this->host_.state;
  this->host_.connections().token = absl::FailedPreconditionError("no token is configured");
  EXPECT_FALSE(this->host_.Refresh());
  EXPECT_EQ(this->host_.state, before);
  this->host_.Plan(this->config_);
  EXPECT_THAT(this->host_.Text(), HasSubstr("no token is configured"));
}

// --- What takes its time ------------------------------------------------------------------------

template <typename Kind>
class SlowObjectTest : public ObjectResourceTest<Kind> {
 protected:
  // An operation that is interrupted when it first has to wait.
  template <typename Operation>
  void Interrupt(Operation operation) {
    std::stop_source stop;
    this->host_.context.stop = stop.get_token();
    this->host_.clock().OnSleep([&] { stop.request_stop(); });
    EXPECT_FALSE(operation());
    this->host_.clock().OnSleep({});
    this->host_.context.stop = {};
  }
  // The host taints what comes of it.
  void InterruptApply() {
    Interrupt([this] { return this->host_.Apply(this->config_); });
  }
};

using SlowKinds = ::testing::Types<PeeringKind, NatGatewayKind, FirewallKind>;
TYPED_TEST_SUITE(SlowObjectTest, SlowKinds);

TYPED_TEST(SlowObjectTest, WhatIsUnfinishedIsGoneOnWithNotReplaced) {
  this->InterruptApply();
  EXPECT_TRUE(this->host_.tainted);
  EXPECT_THAT(this->host_.Text(), HasSubstr("Nothing is lost: apply again to go on."));
  const std::string id = *this->host_.model().id;
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  EXPECT_EQ(*this->host_.model().id, id);
  EXPECT_EQ(this->host_.cloud().Count(this->Call("Create")), 1);
  EXPECT_EQ(this->host_.cloud().Count(this->Call("Delete")), 0);
  EXPECT_TRUE(this->host_.PlansNothing(this->config_));
  EXPECT_THAT(*this->host_.journal().All(), IsEmpty());
}

TYPED_TEST(SlowObjectTest, WhatIsUnfinishedIsDestroyedWhenThatIsAskedFor) {
  this->InterruptApply();
  ASSERT_TRUE(this->host_.Destroy()) << this->host_.Text();
  EXPECT_EQ(this->There(), 0);
}

TYPED_TEST(SlowObjectTest, WhatFailedAtDigitalOceanIsKeptSaidAndReplaced) {
  this->host_.cloud().Edit([](FakeCloud& cloud) { cloud.provisioning_error = "no capacity"; });
  EXPECT_FALSE(this->host_.Apply(this->config_));
  EXPECT_THAT(this->host_.Text(), HasSubstr("DigitalOcean reports"));
  EXPECT_TRUE(this->host_.tainted) << "it is not forgotten";
  const std::string id = *this->host_.model().id;
  this->host_.cloud().Edit([](FakeCloud& cloud) { cloud.provisioning_error.clear(); });
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  EXPECT_NE(*this->host_.model().id, id);
  EXPECT_EQ(this->There(), 1);
}

template <typename Kind>
class SlowlyGoingObjectTest : public SlowObjectTest<Kind> {};

using SlowlyGoingKinds = ::testing::Types<PeeringKind, NatGatewayKind>;
TYPED_TEST_SUITE(SlowlyGoingObjectTest, SlowlyGoingKinds);

TYPED_TEST(SlowlyGoingObjectTest, WhatIsOnItsWayOutIsReplacedAndNotTakenForTheThing) {
  this->host_.cloud().Edit([](FakeCloud& cloud) { cloud.polls_until_active = 5; });
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  const std::string id = *this->host_.model().id;
  this->Interrupt([this] { return this->host_.Destroy(); });
  ASSERT_TRUE(this->host_.Apply(this->config_)) << this->host_.Text();
  EXPECT_TRUE(this->host_.replaced);
  EXPECT_NE(*this->host_.model().id, id);
  EXPECT_EQ(this->There(), 1);
  EXPECT_EQ(this->host_.cloud().Count(this->Call("Delete")), 1);
  EXPECT_TRUE(this->host_.PlansNothing(this->config_)) << this->host_.Text();
}

}  // namespace
}  // namespace kproto::testing
