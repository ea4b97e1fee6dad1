// SPDX-License-Identifier: MPL-2.0
// Load balancers, projects and registries in the hands of the real OpenTofu: each of their examples
// is made, needs nothing afterwards, is imported, changed in place, and leaves nothing behind; and
// a load balancer that DigitalOcean would refuse is refused by the plan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/acceptance/workspace.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class LoadBalancerAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override { lab_.Up({"--no-control-plane", "--time-factor", "60"}); }

  lab::testing::LabProgram lab_;
};

TEST_F(LoadBalancerAcceptanceTest, EachExampleIsMadeImportedChangedAndGone) {
  Workspace balancer(lab_, "load-balancer"), project(lab_, "project"),
      registry(lab_, "container-registry");
  for (Workspace* workspace : {&balancer, &project, &registry}) {
    workspace->Init();
    ExpectOk(workspace->Apply());
    workspace->ExpectPlan(0);
  }
  EXPECT_THAT(Inventory(lab_, "load_balancers"), UnorderedElementsAre("web", "shop"));
  EXPECT_NE(balancer.Output("address"), "");
  EXPECT_EQ(registry.Output("images_start_with"), "registry.digitalocean.com/example-images");

  ExpectImport(balancer, "kproto_load_balancer.web", "web");
  ExpectImport(project, "kproto_project.shop", "shop");
  ExpectImport(registry, "kproto_container_registry.images", "example-images");

  balancer.Edit("main.tf", "entry_port = 443, target_protocol = \"tcp\"",
                "entry_port = 50053, target_protocol = \"tcp\"");
  const CommandResult refused = balancer.Plan();
  EXPECT_EQ(refused.exit_code, 1) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("50053")) << "DigitalOcean keeps this port for itself";
  balancer.Edit("main.tf", "entry_port = 50053", "entry_port = 8443");
  const CommandResult plan = balancer.Plan();
  EXPECT_THAT(plan.out, HasSubstr("0 to add, 1 to change, 0 to destroy")) << plan.out << plan.err;
  ExpectOk(balancer.Apply());
  balancer.ExpectPlan(0);

  for (Workspace* workspace : {&registry, &project, &balancer}) {
    ExpectOk(workspace->Destroy());
  }
  for (const char* kind : {"load_balancers", "clusters", "vpcs"}) {
    EXPECT_THAT(Inventory(lab_, kind), IsEmpty()) << kind;
  }
}

}  // namespace
}  // namespace kproto::testing
