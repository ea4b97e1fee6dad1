// SPDX-License-Identifier: MPL-2.0
#include "clients/yaml/yaml.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/yaml/scalar.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace kproto::yaml {
namespace {

using Json = nlohmann::json;

// Values that all aliases of one document may add: far beyond any chart, short of a bomb.
constexpr int kMaxAliasedValues = 1'000'000;

std::string At(const YAML::Mark& mark) {
  return absl::StrCat("line ", mark.line + 1, ", column ", mark.column + 1);
}

// Leaves the parser from inside one of its callbacks; caught in Next() below.
struct Failure {
  YAML::Mark mark;
  std::string message;
};

int CountValues(const Json& value) {
  int count = 1;
  if (value.is_structured()) {
    for (const Json& child : value) {
      count += CountValues(child);
    }
  }
  return count;
}

// JSON has string keys only: other scalars are written out, as Helm's library does.
std::string KeyText(const Json& key) {
  return key.is_string() ? key.get<std::string>() : key.dump();
}

// Builds one document from the parser's events.
class Builder : public YAML::EventHandler {
 public:
  // `lines`, where given, gets the line of every key.
  explicit Builder(DuplicateKeys duplicates, std::map<std::string, int>* lines = nullptr)
      : duplicates_(duplicates), lines_(lines) {}

  std::optional<Json> TakeRoot() { return std::exchange(root_, std::nullopt); }

  void OnDocumentStart(const YAML::Mark&) override {
    anchors_.clear();
    aliased_ = 0;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(mark, anchor, nullptr, Style::kPlain);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw Failure{mark, "an alias stands inside the value that it names"};
    }
    aliased_ += CountValues(found->second);
    if (aliased_ > kMaxAliasedValues) {
      throw Failure{mark, "aliases make this document too large"};
    }
    Json copy = found->second;
    Add(mark, 0, std::move(copy), Style::kPlain);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // The parser says "?" for plain and "!" for quoted text without a tag.
    const bool plain = tag == "?" || tag == "tag:yaml.org,2002:int" ||
                       tag == "tag:yaml.org,2002:float" || tag == "tag:yaml.org,2002:bool" ||
                       tag == "tag:yaml.org,2002:null";
    std::optional<Json> value = plain ? ResolvePlain(text) : Json(text);
    if (!value.has_value()) {
      throw Failure{mark, absl::StrCat(text, " has no form in JSON")};
    }
    Add(mark, anchor, *std::move(value), plain ? Style::kPlain : Style::kQuoted);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({mark, anchor, Json::array()});
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({mark, anchor, Json::object()});
  }
  void OnMapEnd() override { Close(); }

 private:
  enum class Style { kPlain, kQuoted };

  struct Open {
    YAML::Mark mark;
    YAML::anchor_t anchor;
    Json value;
    std::optional<std::string> key = {};  // of the member whose value comes next
    bool merge_key = false;
    std::vector<Json> merges = {};  // what `<<` named; the mapping's own members win
  };

  void Close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    for (const Json& merge : done.merges) {
      for (const auto& [key, value] : merge.items()) {
        if (!done.value.contains(key)) {
          done.value[key] = value;
        }
      }
    }
    Add(done.mark, done.anchor, std::move(done.value), Style::kPlain);
  }

  void Add(const YAML::Mark& mark, YAML::anchor_t anchor, Json value, Style style) {
    if (anchor != 0) {
      anchors_[anchor] = value;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.is_array()) {
      parent.value.push_back(std::move(value));
    } else if (!parent.key.has_value()) {
      SetKey(parent, mark, value, style);
    } else if (parent.merge_key) {
      Merge(parent, mark, std::move(value));
      parent.key.reset();
    } else {
      parent.value[*parent.key] = std::move(value);
      parent.key.reset();
    }
  }

  void SetKey(Open& map, const YAML::Mark& mark, const Json& key, Style style) {
    if (key.is_structured()) {
      throw Failure{mark, "a key has to be a scalar"};
    }
    map.key = KeyText(key);
    map.merge_key = style == Style::kPlain && *map.key == "<<";
    if (!map.merge_key && duplicates_ == DuplicateKeys::kReject && map.value.contains(*map.key)) {
      throw Failure{mark,
                    absl::StrCat("the key \"", *map.key, "\" stands here for the second time")};
    }
    if (lines_ != nullptr) {
      (*lines_)[Pointer()] = mark.line + 1;
    }
  }

  // Of the key that was read last.
  std::string Pointer() const {
    Json::json_pointer pointer;
    for (const Open& open : open_) {
      if (open.value.is_array()) {
        pointer /= open.value.size();
      } else {
        pointer /= open.key.value_or("");
      }
    }
    return pointer.to_string();
  }

  static void Merge(Open& map, const YAML::Mark& mark, Json value) {
    if (value.is_object()) {
      map.merges.push_back(std::move(value));
      return;
    }
    if (value.is_array()) {
      for (Json& item : value) {
        Merge(map, mark, std::move(item));
      }
      return;
    }
    throw Failure{mark, "<< takes a mapping or a list of mappings"};
  }

  const DuplicateKeys duplicates_;
  std::map<std::string, int>* const lines_;
  std::map<YAML::anchor_t, Json> anchors_;
  int aliased_ = 0;
  std::vector<Open> open_;
  std::optional<Json> root_;
};

// Byte offset of the first byte that is not UTF-8 (or is NUL); npos when all is well.
size_t FindNonUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const unsigned char lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead == 0     ? 0
                          : lead < 0x80 ? 1
                          : lead < 0xc2 ? 0
                          : lead < 0xe0 ? 2
                          : lead < 0xf0 ? 3
                          : lead < 0xf5 ? 4
                                        : 0;
    if (length == 0 || i + length > text.size()) {
      return i;
    }
    for (size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) {
        return i;
      }
    }
    const unsigned char second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
      return i;
    }
    i += length;
  }
  return absl::string_view::npos;
}

absl::Status Invalid(const YAML::Mark& mark, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(At(mark), ": ", message));
}

absl::StatusOr<std::vector<Json>> ParseWith(absl::string_view text, Builder& builder) {
  if (const size_t bad = FindNonUtf8(text); bad != absl::string_view::npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + bad, '\n');
    return absl::InvalidArgumentError(absl::StrCat("line ", line, ": not UTF-8 text"));
  }
  std::vector<Json> documents;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
      std::optional<Json> root = builder.TakeRoot();
      if (root.has_value() && !root->is_null()) {
        documents.push_back(*std::move(root));
      }
    }
  } catch (const Failure& failure) {
    return Invalid(failure.mark, failure.message);
  } catch (const YAML::Exception& error) {
    return Invalid(error.mark, error.msg);
  } catch (const std::exception& error) {  // out of memory, and whatever else the library throws
    return absl::InvalidArgumentError(absl::StrCat("cannot read this as YAML: ", error.what()));
  }
  return documents;
}

absl::StatusOr<Json> OnlyOne(absl::StatusOr<std::vector<Json>> documents) {
  if (!documents.ok()) {
    return documents.status();
  }
  if (documents->size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("holds ", documents->size(), " YAML documents where one is expected"));
  }
  return documents->empty() ? Json() : std::move(documents->front());
}

}  // namespace

absl::StatusOr<std::vector<Json>> ParseAll(absl::string_view text, DuplicateKeys duplicates) {
  Builder builder(duplicates);
  return ParseWith(text, builder);
}

absl::StatusOr<Json> Parse(absl::string_view text, DuplicateKeys duplicates) {
  return OnlyOne(ParseAll(text, duplicates));
}

absl::StatusOr<Located> ParseLocated(absl::string_view text, DuplicateKeys duplicates) {
  Located located;
  Builder builder(duplicates, &located.lines);
  KPROTO_ASSIGN_OR_RETURN(located.value, OnlyOne(ParseWith(text, builder)));
  return located;
}

}  // namespace kproto::yaml
