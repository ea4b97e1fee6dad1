// SPDX-License-Identifier: MPL-2.0
// The one declaration of an attribute. A model is a plain struct of Attr<T> members with
//   static const Table<M>& Fields();
// whose table says each member once: name, mode, default, secrecy, replacement, checks,
// description. The table yields the schema, decoding, encoding, planning, validation and the
// documentation.
//
//   const Table<Vpc>& Vpc::Fields() {
//     static const auto& table = *new Table<Vpc>({
//         Field("id", &Vpc::id, Optional(), ForcesReplacement(), Doc("An existing VPC to use.")),
//         Field("ip_range", &Vpc::ip_range, Optional(), Doc("Its addresses, in CIDR form.")),
//     });
//     return table;
//   }
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/secret.h"
#include "base/status_macros.h"
#include "provider/schema/attr.h"
#include "provider/schema/number.h"
#include "provider/schema/schema.h"
#include "provider/schema/validators.h"

namespace kproto {

// ---- what may be said about a field --------------------------------------------------------

using FieldOption = std::function<void(Attribute&)>;

FieldOption Required();
FieldOption Optional();
FieldOption Computed();
FieldOption OptionalComputed();
FieldOption Doc(std::string description);
FieldOption Deprecated(std::string instead);
FieldOption ForcesReplacement();
FieldOption Stable();  // once computed, it keeps its value when something else changes
// Of a top-level attribute that only tells the plan about the surroundings: when nothing else
// changes, it keeps its prior value, and there is nothing to apply. ModifyPlan sees what is new in
// `config`.
FieldOption Informs();
FieldOption Sensitive();
FieldOption WriteOnly();
FieldOption Default(Value value);
FieldOption Check(Validator validator);
// Serves a nested attribute as a nested block, for configurations that expect block syntax.
FieldOption AsBlock(int64_t min_items = 0, int64_t max_items = 0);

// ---- from and to values ----------------------------------------------------------------------

// How a T looks as a Value; specialised below for every type an Attr may hold.
template <typename T, typename = void>
struct Codec;

template <typename T>
Value EncodeAttr(const Attr<T>& attr) {
  if (attr.is_null()) {
    return Value::Null();
  }
  return attr.is_unknown() ? Value::Unknown() : Codec<T>::Encode(*attr);
}

template <typename T>
absl::StatusOr<Attr<T>> DecodeAttr(const Value& value) {
  if (value.is_null()) {
    return Attr<T>();
  }
  if (value.is_unknown()) {
    return Attr<T>::Unknown();
  }
  KPROTO_ASSIGN_OR_RETURN(T known, Codec<T>::Decode(value));
  return Attr<T>(std::move(known));
}

absl::Status WrongKind(const char* wanted, const Value& got);

// ---- the table -------------------------------------------------------------------------------

template <typename M>
struct FieldOf {
  Attribute attribute;
  std::function<Value(const M&)> encode;
  std::function<absl::Status(const Value&, M&)> decode;
};

template <typename M, typename T, typename... Options>
FieldOf<M> Field(std::string name, Attr<T> M::*member, Options... options) {
  Attribute attribute;
  attribute.name = std::move(name);
  Codec<T>::Describe(attribute);
  (FieldOption(std::move(options))(attribute), ...);
  return {std::move(attribute), [member](const M& model) { return EncodeAttr(model.*member); },
          [member](const Value& value, M& model) {
            KPROTO_ASSIGN_OR_RETURN(model.*member, DecodeAttr<T>(value));
            return absl::OkStatus();
          }};
}

template <typename M>
class Table {
 public:
  explicit Table(std::vector<FieldOf<M>> fields) : fields_(std::move(fields)) {
    for (const FieldOf<M>& field : fields_) {
      attributes_.push_back(field.attribute);
    }
  }

  const std::vector<Attribute>& attributes() const { return attributes_; }

  Value Encode(const M& model) const {
    Value::Map map;
    for (const FieldOf<M>& field : fields_) {
      map[field.attribute.name] = EmptyIfBlock(field.attribute, field.encode(model));
    }
    return Value::OfMap(std::move(map));
  }

  // `value` is known and of the schema's type; the protocol has checked that.
  absl::StatusOr<M> Decode(const Value& value) const {
    M model;
    for (const FieldOf<M>& field : fields_) {
      KPROTO_RETURN_IF_ERROR(field.decode(value[field.attribute.name], model));
    }
    return model;
  }

 private:
  std::vector<FieldOf<M>> fields_;
  std::vector<Attribute> attributes_;
};

template <typename M>
Schema SchemaOf(int64_t version, std::string description) {
  return Schema{version, std::move(description), M::Fields().attributes()};
}

// ---- codecs of the types an Attr may hold ------------------------------------------------------

template <>
struct Codec<bool> {
  static void Describe(Attribute& a) { a.type = Type::Bool(); }
  static Value Encode(bool v) { return Value::Bool(v); }
  static absl::StatusOr<bool> Decode(const Value& v) {
    return v.kind() == Value::Kind::kBool ? absl::StatusOr<bool>(v.bool_value())
                                          : WrongKind("bool", v);
  }
};

template <>
struct Codec<std::string> {
  static void Describe(Attribute& a) { a.type = Type::String(); }
  static Value Encode(const std::string& v) { return Value::String(v); }
  static absl::StatusOr<std::string> Decode(const Value& v) {
    return v.kind() == Value::Kind::kString ? absl::StatusOr<std::string>(v.string())
                                            : WrongKind("string", v);
  }
};

// A secret is sensitive by its type.
template <>
struct Codec<SecretString> {
  static void Describe(Attribute& a) {
    a.type = Type::String();
    a.sensitive = true;
  }
  static Value Encode(const SecretString& v) { return Value::String(v.Reveal()); }
  static absl::StatusOr<SecretString> Decode(const Value& v) {
    return v.kind() == Value::Kind::kString ? absl::StatusOr<SecretString>(SecretString(v.string()))
                                            : WrongKind("string", v);
  }
};

template <>
struct Codec<Number> {
  static void Describe(Attribute& a) { a.type = Type::Number(); }
  static Value Encode(const Number& v) { return Value::OfNumber(v); }
  static absl::StatusOr<Number> Decode(const Value& v) {
    return v.kind() == Value::Kind::kNumber ? absl::StatusOr<Number>(v.number())
                                            : WrongKind("number", v);
  }
};

template <>
struct Codec<int64_t> {
  static void Describe(Attribute& a) {
    a.type = Type::Number();
    a.validators.push_back(WholeNumber());
  }
  static Value Encode(int64_t v) { return Value::Int(v); }
  static absl::StatusOr<int64_t> Decode(const Value& v) {
    if (v.kind() != Value::Kind::kNumber || !v.number().AsInt64()) {
      return WrongKind("whole number", v);
    }
    return *v.number().AsInt64();
  }
};

template <>
struct Codec<double> {
  static void Describe(Attribute& a) { a.type = Type::Number(); }
  static Value Encode(double v) { return Value::OfNumber(Number(v)); }
  static absl::StatusOr<double> Decode(const Value& v) {
    return v.kind() == Value::Kind::kNumber ? absl::StatusOr<double>(v.number().AsDouble())
                                            : WrongKind("number", v);
  }
};

// Anything at all: an attribute of type dynamic.
template <>
struct Codec<Value> {
  static void Describe(Attribute& a) { a.type = Type::Dynamic(); }
  static Value Encode(const Value& v) { return v; }
  static absl::StatusOr<Value> Decode(const Value& v) { return v; }
};

// A nested model: an object with attributes of its own.
template <typename M>
struct Codec<M, std::void_t<decltype(M::Fields())>> {
  static void Describe(Attribute& a) {
    a.nesting = Nesting::kSingle;
    a.nested = M::Fields().attributes();
    a.type = ObjectTypeOf(a.nested);
  }
  static Value Encode(const M& v) { return M::Fields().Encode(v); }
  static absl::StatusOr<M> Decode(const Value& v) {
    return v.kind() == Value::Kind::kMap ? M::Fields().Decode(v) : WrongKind("object", v);
  }
};

// Describes a collection by its element: a collection of nested models is nested itself.
template <typename T>
void DescribeCollection(Attribute& a, Nesting nesting, Type (*wrap)(Type)) {
  Attribute element;
  Codec<T>::Describe(element);
  a.type = wrap(element.type);
  if (element.nesting == Nesting::kSingle) {
    a.nesting = nesting;
    a.nested = element.nested;
  }
}

template <typename T>
struct Codec<ListOf<T>> {
  static void Describe(Attribute& a) { DescribeCollection<T>(a, Nesting::kList, &Type::List); }
  static Value Encode(const ListOf<T>& v) {
    Value::List list;
    for (const Attr<T>& element : v) {
      list.push_back(EncodeAttr(element));
    }
    return Value::OfList(std::move(list));
  }
  static absl::StatusOr<ListOf<T>> Decode(const Value& v) {
    if (v.kind() != Value::Kind::kList && v.kind() != Value::Kind::kSet) {
      return WrongKind("list", v);
    }
    ListOf<T> list;
    for (const Value& element : v.list()) {
      KPROTO_ASSIGN_OR_RETURN(Attr<T> attr, DecodeAttr<T>(element));
      list.push_back(std::move(attr));
    }
    return list;
  }
};

template <typename T>
struct Codec<SetOf<T>> {
  static void Describe(Attribute& a) { DescribeCollection<T>(a, Nesting::kSet, &Type::Set); }
  static Value Encode(const SetOf<T>& v) {
    return Value::OfSet(Codec<ListOf<T>>::Encode(v.elements).list());
  }
  static absl::StatusOr<SetOf<T>> Decode(const Value& v) {
    KPROTO_ASSIGN_OR_RETURN(ListOf<T> elements, Codec<ListOf<T>>::Decode(v));
    return SetOf<T>{std::move(elements)};
  }
};

template <typename T>
struct Codec<MapOf<T>> {
  static void Describe(Attribute& a) { DescribeCollection<T>(a, Nesting::kMap, &Type::Map); }
  static Value Encode(const MapOf<T>& v) {
    Value::Map map;
    for (const auto& [key, element] : v) {
      map[key] = EncodeAttr(element);
    }
    return Value::OfMap(std::move(map));
  }
  static absl::StatusOr<MapOf<T>> Decode(const Value& v) {
    if (v.kind() != Value::Kind::kMap) {
      return WrongKind("map", v);
    }
    MapOf<T> map;
    for (const auto& [key, element] : v.map()) {
      KPROTO_ASSIGN_OR_RETURN(map[key], DecodeAttr<T>(element));
    }
    return map;
  }
};

}  // namespace kproto
