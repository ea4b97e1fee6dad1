// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/msgpack.h"

#include <limits>

#include "gtest/gtest.h"
#include "tests/provider/protocol/bytes.h"
#include "tests/support/status_matchers.h"

namespace kproto::msgpack {
namespace {

using ::kproto::testing::Bytes;
using ::kproto::testing::Hex;
using ::kproto::testing::StatusIs;

std::string Int(int64_t value) {
  std::string out;
  AppendInt(out, value);
  return Hex(out);
}

Item Read(const std::string& bytes) {
  const absl::StatusOr<Item> item = Reader(bytes).Next();
  EXPECT_TRUE(item.ok()) << item.status();
  return item.value_or(Item());
}

TEST(MsgpackTest, WritesEachIntegerInItsShortestForm) {
  EXPECT_EQ(Int(0), "00");
  EXPECT_EQ(Int(127), "7f");
  EXPECT_EQ(Int(128), "cc80");
  EXPECT_EQ(Int(255), "ccff");
  EXPECT_EQ(Int(256), "cd0100");
  EXPECT_EQ(Int(65536), "ce00010000");
  EXPECT_EQ(Int(int64_t{1} << 32), "cf0000000100000000");
  EXPECT_EQ(Int(std::numeric_limits<int64_t>::max()), "cf7fffffffffffffff");
  EXPECT_EQ(Int(-1), "ff");
  EXPECT_EQ(Int(-32), "e0");
  EXPECT_EQ(Int(-33), "d0df");
  EXPECT_EQ(Int(-128), "d080");
  EXPECT_EQ(Int(-129), "d1ff7f");
  EXPECT_EQ(Int(-32769), "d2ffff7fff");
  EXPECT_EQ(Int(std::numeric_limits<int64_t>::min()), "d38000000000000000");
}

TEST(MsgpackTest, ReadsEveryFormOfAnInteger) {
  EXPECT_EQ(Read(Bytes("7f")).natural, 127u);
  EXPECT_EQ(Read(Bytes("cc ff")).natural, 255u);
  EXPECT_EQ(Read(Bytes("cd ff ff")).natural, 65535u);
  EXPECT_EQ(Read(Bytes("ce ff ff ff ff")).natural, 4294967295u);
  EXPECT_EQ(Read(Bytes("cf ff ff ff ff ff ff ff ff")).natural,
            std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Read(Bytes("e0")).integer, -32);
  EXPECT_EQ(Read(Bytes("d0 80")).integer, -128);
  EXPECT_EQ(Read(Bytes("d1 80 00")).integer, -32768);
  EXPECT_EQ(Read(Bytes("d2 80 00 00 00")).integer, -2147483648LL);
  EXPECT_EQ(Read(Bytes("d3 80 00 00 00 00 00 00 00")).integer, std::numeric_limits<int64_t>::min());
}

TEST(MsgpackTest, ReadsBothWidthsOfAFloat) {
  EXPECT_EQ(Read(Bytes("ca 3f 00 00 00")).real, 0.5);
  EXPECT_EQ(Read(Bytes("cb 3f e0 00 00 00 00 00 00")).real, 0.5);
}

TEST(MsgpackTest, ReadsStringsOfEveryWidth) {
  EXPECT_EQ(Read(Bytes("a1 61")).bytes, "a");
  EXPECT_EQ(Read(Bytes("d9 01 61")).bytes, "a");
  EXPECT_EQ(Read(Bytes("da 00 01 61")).bytes, "a");
  EXPECT_EQ(Read(Bytes("db 00 00 00 01 61")).bytes, "a");
  EXPECT_EQ(Read(Bytes("c4 01 61")).kind, Item::Kind::kBinary);
}

TEST(MsgpackTest, WritesLongStringsWithTheWidthTheyNeed) {
  for (const auto& [size, head] : {std::pair<size_t, const char*>{31, "bf"},
                                   {32, "d920"},
                                   {255, "d9ff"},
                                   {256, "da0100"},
                                   {65536, "db00010000"}}) {
    std::string out;
    AppendString(out, std::string(size, 'x'));
    EXPECT_EQ(Hex(out.substr(0, out.size() - size)), head);
    EXPECT_EQ(Read(out).bytes.size(), size);
  }
}

TEST(MsgpackTest, ReadsExtensionsOfFixedAndFreeSize) {
  const Item unknown = Read(Bytes("d4 00 00"));
  EXPECT_EQ(unknown.kind, Item::Kind::kExtension);
  EXPECT_EQ(unknown.extension, 0);
  // What an item points to lies in the input of its reader.
  const std::string input = Bytes("c7 03 0c 81 01 c2");
  const Item refined = Read(input);
  EXPECT_EQ(refined.extension, 12);
  EXPECT_EQ(Hex(refined.bytes), "8101c2");
  EXPECT_EQ(Read(Bytes("d8 0c") + std::string(16, 'x')).bytes.size(), 16u);
}

TEST(MsgpackTest, WritesExtensions) {
  std::string out;
  AppendExtension(out, 0, absl::string_view("\0", 1));
  AppendExtension(out, 12, "abc");
  EXPECT_EQ(Hex(out), "d40000c7030c616263");
}

TEST(MsgpackTest, CountsOfArraysAndMapsOfEveryWidth) {
  EXPECT_EQ(Read(Bytes("92 c0 c0")).count, 2u);
  EXPECT_EQ(Read(Bytes("dc 00 02 c0 c0")).count, 2u);
  EXPECT_EQ(Read(Bytes("dd 00 00 00 02 c0 c0")).count, 2u);
  EXPECT_EQ(Read(Bytes("81 a1 61 c0")).count, 1u);
  EXPECT_EQ(Read(Bytes("de 00 01 a1 61 c0")).count, 1u);
  EXPECT_EQ(Read(Bytes("df 00 00 00 01 a1 61 c0")).count, 1u);
}

TEST(MsgpackTest, RefusesWhatIsCutOff) {
  for (const char* hex : {"", "cc", "cd 01", "cb 00", "a2 61", "d9", "d9 05 61", "d4", "d4 00",
                          "c7 01", "91", "dd ff ff ff ff", "81 c0", "c4 02 61"}) {
    const std::string bytes = Bytes(hex);
    EXPECT_THAT(Reader(bytes).Next(), StatusIs(absl::StatusCode::kInvalidArgument)) << hex;
  }
}

TEST(MsgpackTest, RefusesTheByteThatMeansNothing) {
  const std::string bytes = Bytes("c1");
  EXPECT_THAT(Reader(bytes).Next(), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace kproto::msgpack
