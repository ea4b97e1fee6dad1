// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/rest_kubernetes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/http/url.h"
#include "clients/kubernetes/api_path.h"
#include "clients/kubernetes/api_status.h"
#include "clients/kubernetes/discovery.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/kubernetes/object_waiter.h"

namespace kproto::kubernetes {
namespace {

constexpr char kFieldManager[] = "kproto";
constexpr int kPageSize = 500;  // what kubectl asks for

absl::Status UnknownKind(absl::string_view api_version, absl::string_view kind) {
  return WithHint(absl::NotFoundError(absl::StrCat("the cluster does not know the kind ", kind,
                                                   " of ", api_version)),
                  "Its CustomResourceDefinition is not installed, or another version of it.");
}

absl::string_view Name(Propagation propagation) {
  switch (propagation) {
    case Propagation::kBackground:
      return "Background";
    case Propagation::kForeground:
      return "Foreground";
    case Propagation::kOrphan:
      return "Orphan";
  }
  return "Background";
}

// Text of any origin as JSON: bytes that are not UTF-8 cannot throw.
std::string Text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<Json> ObjectOf(const http::Response& response) {
  Json object = Json::parse(response.body, nullptr, false);
  if (!object.is_object()) {
    return absl::DataLossError("the API server's answer is not a JSON object");
  }
  return object;
}

class RestKubernetes : public Kubernetes {
 public:
  RestKubernetes(Credentials credentials, Clock* clock, HttpFactory make_http)
      : session_(std::move(credentials), std::move(make_http), clock),
        discovery_(&session_),
        clock_(clock) {}

  absl::StatusOr<std::optional<Json>> Get(const ObjectKey& key, const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<ApiResource> resource,
                            discovery_.Find(key.api_version, key.kind, call));
    if (!resource.has_value()) {
      return std::nullopt;
    }
    KPROTO_ASSIGN_OR_RETURN(const http::Response response,
                            session_.Send({.path = ObjectPath(key, *resource)}, call));
    if (response.code == 404) {
      KPROTO_RETURN_IF_ERROR(discovery_.Believe404(response, call));
      return std::nullopt;
    }
    KPROTO_RETURN_IF_ERROR(Of(key, StatusOf(response)));
    KPROTO_ASSIGN_OR_RETURN(Json object, ObjectOf(response));
    return std::optional<Json>(std::move(object));
  }

  absl::StatusOr<std::vector<Json>> List(absl::string_view api_version, absl::string_view kind,
                                         const ListOptions& options, const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<ApiResource> resource,
                            discovery_.Find(std::string(api_version), std::string(kind), call));
    if (!resource.has_value()) {
      return std::vector<Json>{};
    }
    const std::string path = CollectionPath(api_version, *resource, options.ns);
    absl::StatusOr<std::vector<Json>> items = Pages(path, options, call);
    if (absl::IsOutOfRange(items.status())) {  // took so long that the first page is history
      items = Pages(path, options, call);
    }
    if (!items.ok()) {
      return Annotate(items.status(), absl::StrCat("list ", resource->plural));
    }
    for (Json& item : *items) {
      item["apiVersion"] = std::string(api_version);
      item["kind"] = std::string(kind);
    }
    return items;
  }

  absl::StatusOr<Json> Apply(const Json& object, Conflicts conflicts, const Call& call) override {
    const ObjectKey key = KeyOf(object);
    if (key.api_version.empty() || key.kind.empty() || key.name.empty()) {
      return absl::InvalidArgumentError("an object to apply needs apiVersion, kind and name");
    }
    Exchange exchange;
    exchange.method = http::Method::kPatch;
    exchange.content_type = "application/apply-patch+yaml";
    exchange.body = Text(object);
    exchange.idempotency = http::Idempotency::kIdempotent;
    const std::string query =
        absl::StrCat("?fieldManager=", kFieldManager,
                     "&force=", conflicts == Conflicts::kForce ? "true" : "false");
    return Write(key, query, std::move(exchange), call);
  }

  absl::StatusOr<Json> Patch(const ObjectKey& key, PatchType type, const Json& patch,
                             const Call& call) override {
    Exchange exchange;
    exchange.method = http::Method::kPatch;
    exchange.body = Text(patch);
    if (type == PatchType::kMerge) {
      exchange.content_type = "application/merge-patch+json";
      exchange.idempotency = http::Idempotency::kIdempotent;
    } else {
      exchange.content_type = "application/json-patch+json";
    }
    return Write(key, absl::StrCat("?fieldManager=", kFieldManager), std::move(exchange), call);
  }

  absl::Status Delete(const ObjectKey& key, Propagation propagation, const Call& call) override {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<ApiResource> resource,
                            discovery_.Find(key.api_version, key.kind, call));
    if (!resource.has_value()) {
      return absl::OkStatus();
    }
    Exchange exchange;
    exchange.method = http::Method::kDelete;
    exchange.path = ObjectPath(key, *resource);
    exchange.content_type = "application/json";
    exchange.body = Text({{"apiVersion", "v1"},
                          {"kind", "DeleteOptions"},
                          {"propagationPolicy", std::string(Name(propagation))}});
    KPROTO_ASSIGN_OR_RETURN(const http::Response response, session_.Send(exchange, call));
    if (response.code == 404) {
      return discovery_.Believe404(response, call);
    }
    return Of(key, StatusOf(response));
  }

  absl::StatusOr<std::optional<Json>> WaitUntil(const ObjectKey& key, const Predicate& done,
                                                const Call& call) override {
    return ObjectWaiter(&session_, &discovery_, clock_, key, done, call).Run();
  }

  absl::StatusOr<ServiceAccountToken> RequestToken(const std::string& ns,
                                                   const std::string& account,
                                                   absl::Duration lifetime,
                                                   const Call& call) override {
    const ObjectKey key{"v1", "ServiceAccount", ns, account};
    const Json request = {{"apiVersion", "authentication.k8s.io/v1"},
                          {"kind", "TokenRequest"},
                          {"spec", {{"expirationSeconds", absl::ToInt64Seconds(lifetime)}}}};
    Exchange exchange;
    exchange.method = http::Method::kPost;
    exchange.content_type = "application/json";
    exchange.body = Text(request);
    exchange.idempotency = http::Idempotency::kIdempotent;  // one token more harms nobody
    exchange.path = absl::StrCat(
        ObjectPath(key, {.plural = "serviceaccounts", .scope = Scope::kNamespaced}), "/token");
    KPROTO_ASSIGN_OR_RETURN(const http::Response response, session_.Send(exchange, call));
    KPROTO_RETURN_IF_ERROR(Of(key, StatusOf(response)));
    KPROTO_ASSIGN_OR_RETURN(const Json granted, ObjectOf(response));
    const absl::Time expires = TimeAt(granted, "/status/expirationTimestamp");
    SecretString token(StringAt(granted, "/status/token"));
    if (token.empty() || expires == absl::InfinitePast()) {
      return absl::DataLossError(
          absl::StrCat("the API server granted ", key.ToString(), " no token"));
    }
    return ServiceAccountToken{std::move(token), expires};
  }

  absl::StatusOr<Version> GetVersion(const Call& call) override {
    return discovery_.GetVersion(call);
  }

  absl::StatusOr<ServiceResponse> Proxy(const ServiceRequest& request, const Call& call) override {
    Exchange exchange;
    exchange.method = request.method == ServiceRequest::Method::kPost  ? http::Method::kPost
                      : request.method == ServiceRequest::Method::kPut ? http::Method::kPut
                                                                       : http::Method::kGet;
    exchange.path = ServiceProxyPath(request);
    exchange.headers = http::Headers(request.headers.begin(), request.headers.end());
    exchange.body = request.body;
    exchange.tries = Exchange::Tries::kOne;
    KPROTO_ASSIGN_OR_RETURN(http::Response response, session_.Send(exchange, call));
    // The API server itself speaks in Status objects; anything else comes from the service.
    const Json body = response.code >= 300 ? Json::parse(response.body, nullptr, false) : Json();
    if (StringAt(body, "/kind") == "Status" && StringAt(body, "/apiVersion") == "v1") {
      return Annotate(StatusOf(response),
                      absl::StrCat("service ", request.ns, "/", request.service));
    }
    return ServiceResponse{response.code, std::move(response.body), std::move(response.headers)};
  }

 private:
  static absl::Status Of(const ObjectKey& key, const absl::Status& status) {
    return status.ok() ? status : Annotate(status, key.ToString());
  }

  absl::StatusOr<Json> Write(const ObjectKey& key, const std::string& query, Exchange exchange,
                             const Call& call) {
    KPROTO_ASSIGN_OR_RETURN(const std::optional<ApiResource> resource,
                            discovery_.Find(key.api_version, key.kind, call));
    if (!resource.has_value()) {
      return UnknownKind(key.api_version, key.kind);
    }
    exchange.path = absl::StrCat(ObjectPath(key, *resource), query);
    KPROTO_ASSIGN_OR_RETURN(const http::Response response, session_.Send(exchange, call));
    if (response.code == 404 && !IsObjectNotFound(response)) {
      KPROTO_RETURN_IF_ERROR(discovery_.Believe404(response, call));
      return UnknownKind(key.api_version, key.kind);
    }
    KPROTO_RETURN_IF_ERROR(Of(key, StatusOf(response)));
    return ObjectOf(response);
  }

  absl::StatusOr<std::vector<Json>> Pages(const std::string& path, const ListOptions& options,
                                          const Call& call) {
    std::string query = absl::StrCat("?limit=", kPageSize);
    if (!options.label_selector.empty()) {
      absl::StrAppend(&query, "&labelSelector=", http::PercentEncode(options.label_selector));
    }
    if (!options.field_selector.empty()) {
      absl::StrAppend(&query, "&fieldSelector=", http::PercentEncode(options.field_selector));
    }
    std::vector<Json> items;
    std::string next;
    do {
      const std::string page =
          next.empty() ? absl::StrCat(path, query)
                       : absl::StrCat(path, query, "&continue=", http::PercentEncode(next));
      KPROTO_ASSIGN_OR_RETURN(const http::Response response, session_.Send({.path = page}, call));
      if (response.code == 404) {
        KPROTO_RETURN_IF_ERROR(discovery_.Believe404(response, call));
        return std::vector<Json>{};
      }
      KPROTO_RETURN_IF_ERROR(StatusOf(response));
      KPROTO_ASSIGN_OR_RETURN(const Json list, ObjectOf(response));
      for (const Json& item : ListAt(list, "/items")) {
        if (item.is_object()) {
          items.push_back(item);
        }
      }
      next = StringAt(list, "/metadata/continue");
    } while (!next.empty());
    return items;
  }

  Session session_;
  Discovery discovery_;
  Clock* const clock_;
};

}  // namespace

HttpFactory CurlHttp() {
  return [](const http::TlsOptions& tls) -> std::unique_ptr<http::HttpClient> {
    http::CurlOptions options;
    options.tls = tls;
    return std::make_unique<http::CurlClient>(std::move(options));
  };
}

std::unique_ptr<Kubernetes> MakeRestKubernetes(Credentials credentials, Clock* clock,
                                               HttpFactory make_http) {
  return std::make_unique<RestKubernetes>(std::move(credentials), clock, std::move(make_http));
}

}  // namespace kproto::kubernetes
