// SPDX-License-Identifier: MPL-2.0
#include "provider/docs/attributes.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/schema/model.h"

namespace kproto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Wheel {
  Attr<int64_t> spokes;
  static const Table<Wheel>& Fields() {
    static const auto& table = *new Table<Wheel>(
        {Field("spokes", &Wheel::spokes, Optional(), Default(Value::Int(32)), Doc("How many."))});
    return table;
  }
};

struct Axle {
  Attr<ListOf<Wheel>> wheels;
  static const Table<Axle>& Fields() {
    static const auto& table =
        *new Table<Axle>({Field("wheels", &Axle::wheels, Required(), Doc("What turns."))});
    return table;
  }
};

struct Cart {
  Attr<std::string> id, owner, key;
  Attr<MapOf<std::string>> labels;
  Attr<Axle> axle;
  static const Table<Cart>& Fields() {
    static const auto& table = *new Table<Cart>({
        Field("id", &Cart::id, Computed(), Doc("Its id.")),
        Field("owner", &Cart::owner, Required(), ForcesReplacement(),
              Doc("Whose it is.\nOne name.")),
        Field("key", &Cart::key, Optional(), Sensitive(), WriteOnly(), Deprecated("Use a lock."),
              Doc("Opens it.")),
        Field("labels", &Cart::labels, OptionalComputed(), Doc("Its labels.")),
        Field("axle", &Cart::axle, Optional(), Doc("Holds the wheels.")),
    });
    return table;
  }
};

std::string CartMarkdown() { return AttributesMarkdown(SchemaOf<Cart>(0, "A cart.")); }

TEST(AttributesMarkdownTest, GroupsByWhoSetsAnAttribute) {
  const std::string page = CartMarkdown();
  const size_t required = page.find("### Required");
  const size_t optional = page.find("### Optional");
  const size_t read_only = page.find("### Read-Only");
  ASSERT_LT(required, optional);
  ASSERT_LT(optional, read_only);
  EXPECT_LT(page.find("`owner`"), optional);
  EXPECT_GT(page.find("`labels` (Map of String)"), optional);
  EXPECT_GT(page.find("- `id` (String) Its id.\n"), read_only);
}

TEST(AttributesMarkdownTest, SaysWhatToKnowOfAnAttribute) {
  const std::string page = CartMarkdown();
  EXPECT_THAT(page, HasSubstr("- `owner` (String) Whose it is.\n  One name. A change replaces the "
                              "resource.\n"));
  EXPECT_THAT(page, HasSubstr("- `key` (String, Sensitive, Write-only) **Deprecated:** Use a "
                              "lock. Opens it.\n"));
}

TEST(AttributesMarkdownTest, NestedAttributesAreSectionsThatTheirLinksReach) {
  const std::string page = CartMarkdown();
  EXPECT_THAT(page, HasSubstr("- `axle` (Attributes) Holds the wheels. See "
                              "[below](#nestedatt--axle).\n"));
  EXPECT_THAT(page, HasSubstr("\n<a id=\"nestedatt--axle\"></a>\n### `axle`\n\nRequired:\n\n"
                              "- `wheels` (Attributes List) What turns. See "
                              "[below](#nestedatt--axle--wheels).\n"));
  EXPECT_THAT(page, HasSubstr("\n<a id=\"nestedatt--axle--wheels\"></a>\n### `axle.wheels`\n\n"
                              "Optional:\n\n- `spokes` (Number) How many. Default: `32`.\n"));
}

TEST(AttributesMarkdownTest, EmptyGroupsHaveNoHeading) {
  EXPECT_THAT(AttributesMarkdown(SchemaOf<Wheel>(0, "")), Not(HasSubstr("Required")));
  EXPECT_EQ(AttributesMarkdown(Schema{}), "");
}

TEST(AttributesMarkdownTest, ABlockThatMustBeThereIsRequired) {
  Schema schema = SchemaOf<Cart>(0, "");
  schema.attributes[4].is_block = true;
  EXPECT_THAT(AttributesMarkdown(schema), HasSubstr("- `axle` (Block)"));
  EXPECT_THAT(AttributesMarkdown(schema), HasSubstr("(#nestedblock--axle)"));
  schema.attributes[4].min_items = 1;
  const std::string page = AttributesMarkdown(schema);
  EXPECT_LT(page.find("`axle`"), page.find("### Optional"));
}

TEST(TypeInWordsTest, NamesCollectionsByWhatTheyHold) {
  EXPECT_EQ(TypeInWords(Type::List(Type::Map(Type::Bool()))), "List of Map of Boolean");
  EXPECT_EQ(TypeInWords(Type::Set(Type::Object({{"a", Type::Number()}}))), "Set of Object");
  EXPECT_EQ(TypeInWords(Type::Dynamic()), "Dynamic");
}

}  // namespace
}  // namespace kproto
