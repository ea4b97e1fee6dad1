// SPDX-License-Identifier: MPL-2.0
#include "provider/docs/write_docs.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/schema/model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::StartsWith;

Schema SchemaWith(const std::string& attribute, std::string description) {
  Attribute id;
  id.name = attribute;
  id.computed = true;
  return Schema{0, std::move(description), {id}};
}

// What the pages say of it is its schema; nothing else is ever asked of it.
class Bell : public AnyResource {
 public:
  const std::string& type_name() const override { return type_name_; }
  const Schema& schema() const override { return schema_; }
  void Validate(const RequestContext&, const Value&, Diagnostics&) override {}
  PlanResult Plan(const RequestContext&, const PlanRequest&, Diagnostics&) override { return {}; }
  StateResult Apply(const RequestContext&, const ApplyRequest&, Diagnostics&) override {
    return {};
  }
  StateResult Read(const RequestContext&, const Value&, const PrivateState&,
                   Diagnostics&) override {
    return {};
  }
  StateResult Import(const RequestContext&, const std::string&, Diagnostics&) override {
    return {};
  }
  absl::StatusOr<nlohmann::json> Upgrade(int64_t, nlohmann::json state) const override {
    return state;
  }

 private:
  std::string type_name_ = "toy_bell";
  Schema schema_ = SchemaWith("tone", "A bell: \"it\" rings.\n\nLoudly.");
};

class Ring : public AnyFunction {
 public:
  const std::string& name() const override { return name_; }
  const std::string& summary() const override { return summary_; }
  const std::string& description() const override { return description_; }
  const std::vector<FunctionParameter>& parameters() const override { return parameters_; }
  const std::optional<FunctionParameter>& variadic_parameter() const override { return more_; }
  const Type& return_type() const override { return type_; }
  Value Call(const std::vector<Value>&, std::optional<FunctionError>&) override { return {}; }

 private:
  std::string name_ = "ring", summary_ = "Rings.", description_ = "Rings for a while.";
  std::vector<FunctionParameter> parameters_ = {
      {"times", Type::Number(), true, false, "How often."}};
  std::optional<FunctionParameter> more_ = FunctionParameter{"names", Type::String()};
  Type type_ = Type::List(Type::String());
};

class Toy : public AnyProvider {
 public:
  const std::string& name() const override { return name_; }
  const std::string& version() const override { return name_; }
  const Schema& schema() const override { return schema_; }
  void Validate(const RequestContext&, const Value&, Diagnostics&) override {}
  void Configure(const RequestContext&, const Value&, Diagnostics&) override {}
  const std::vector<AnyResource*>& resources() const override { return resources_; }
  const std::vector<AnyDataSource*>& data_sources() const override { return data_sources_; }
  const std::vector<AnyEphemeralResource*>& ephemeral_resources() const override {
    return ephemeral_resources_;
  }
  const std::vector<AnyFunction*>& functions() const override { return functions_; }

 private:
  std::string name_ = "toy";
  Schema schema_ = SchemaWith("noise", "Makes toys.");
  Bell bell_;
  Ring ring_;
  std::vector<AnyResource*> resources_ = {&bell_};
  std::vector<AnyDataSource*> data_sources_;
  std::vector<AnyEphemeralResource*> ephemeral_resources_;
  std::vector<AnyFunction*> functions_ = {&ring_};
};

TEST(WriteDocsTest, EveryThingHasItsPageWhereRegistriesLook) {
  EXPECT_THAT(DocsPages(Toy(), {}),
              ElementsAre(Key("functions/ring.md"), Key("index.md"), Key("resources/bell.md")));
}

TEST(WriteDocsTest, AResourcePageHasFrontMatterExampleSchemaAndImport) {
  const Example example{"bells", "resource \"toy_bell\" \"b\" {}\n", "tofu import toy_bell.b 1\n"};
  const std::string page = DocsPages(Toy(), {example})["resources/bell.md"];
  EXPECT_THAT(page, StartsWith("---\npage_title: \"toy_bell Resource\"\nsubcategory: \"\"\n"
                               "description: |-\n  A bell: \"it\" rings.\n---\n"));
  EXPECT_THAT(page, HasSubstr("\n# toy_bell (Resource)\n\nA bell: \"it\" rings.\n\nLoudly.\n"));
  EXPECT_THAT(page, HasSubstr("## Example Usage\n\n```terraform\nresource \"toy_bell\" \"b\" {}\n"
                              "```\n"));
  EXPECT_THAT(page, HasSubstr("## Schema\n\n### Read-Only\n\n- `tone` (String)\n"));
  EXPECT_THAT(page, HasSubstr("## Import\n\n```shell\ntofu import toy_bell.b 1\n```\n"));
}

TEST(WriteDocsTest, AFunctionPageHasItsExampleSignatureAndArguments) {
  const Example example{"rings", "output \"x\" {\n  value = provider::toy::ring(2)\n}\n", ""};
  const std::string page = DocsPages(Toy(), {example})["functions/ring.md"];
  EXPECT_THAT(page, HasSubstr("Rings for a while.\n\n## Example Usage\n\n```terraform\noutput "
                              "\"x\" {\n  value = provider::toy::ring(2)\n}\n```\n\n## Signature"));
  EXPECT_THAT(page, HasSubstr("```text\nprovider::toy::ring(times Number, names String...) List of "
                              "String\n```\n"));
  EXPECT_THAT(page, HasSubstr("- `times` (Number, may be null) How often.\n"));
}

TEST(WriteDocsTest, WritesThePagesAndRemovesThoseOfTypesThatAreGone) {
  TempDir dir;
  dir.Write("docs/resources/whistle.md", "gone");
  dir.Write("docs/guides/bells.md", "by hand");
  dir.Write("examples/bells/main.tf", "resource \"toy_bell\" \"b\" {}");
  dir.Write("examples/platform/main.tf", "# The whole of it.\nresource \"toy_bell\" \"b\" {}");
  ASSERT_THAT(WriteDocs(Toy(), dir / "examples", dir / "docs"), IsOk());
  EXPECT_THAT(dir.Read("docs/resources/bell.md"), HasSubstr("resource \"toy_bell\" \"b\" {}"));
  EXPECT_THAT(dir.Read("docs/index.md"),
              AllOf(HasSubstr("# toy Provider"), HasSubstr("# The whole of it.")));
  EXPECT_EQ(dir.Read("docs/resources/whistle.md"), "");
  EXPECT_EQ(dir.Read("docs/guides/bells.md"), "by hand");
}

TEST(WriteDocsTest, APlaceThatCannotBeWrittenIsAnErrorThatNamesTheFile) {
  TempDir dir;
  dir.Write("docs", "a file where the folder should be");
  EXPECT_THAT(WriteDocs(Toy(), "", dir / "docs"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("docs/")));
}

}  // namespace
}  // namespace kproto
