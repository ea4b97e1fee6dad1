// SPDX-License-Identifier: MPL-2.0
// Kubernetes: the API server of one cluster, as the few verbs kproto needs. Objects are JSON as the
// API has them. Resources and the Argo CD client speak to this interface; RestKubernetes is the
// real one, tests/support/fake_kubernetes.h the one in memory. Every implementation is thread-safe.
//
// Errors, everywhere: Unauthenticated (401), PermissionDenied (403), InvalidArgument (400, 422: the
// server's text names the fields), Aborted (409 conflict), NotFound (404 of something that has to
// be there), AlreadyExists, OutOfRange (410), Unavailable (unreachable, 429, 5xx; never
// NotFound), Cancelled, DeadlineExceeded. "Not there" is an answer, not an error.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/kubernetes/credentials.h"
#include "nlohmann/json.hpp"

namespace kproto::kubernetes {

using Json = nlohmann::json;

// Names one object. `ns` is "" for kinds that live outside namespaces.
struct ObjectKey {
  std::string api_version;  // "v1", "apps/v1", "argoproj.io/v1alpha1"
  std::string kind;         // "Deployment"
  std::string ns;
  std::string name;

  std::string ToString() const;  // "Deployment monitoring/grafana", for messages
  friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
};

// The key an object carries in apiVersion, kind and metadata; parts it lacks are "".
ObjectKey KeyOf(const Json& object);

struct ListOptions {
  std::string ns;              // "" means all namespaces
  std::string label_selector;  // "app=loki,tier!=test"
  std::string field_selector;  // "involvedObject.name=grafana-0"
};

enum class Conflicts { kFail, kForce };  // fields that another manager owns
enum class PatchType { kMerge, kJson };  // RFC 7386, RFC 6902
enum class Propagation { kBackground, kForeground, kOrphan };

struct Version {
  std::string git_version;  // "v1.34.1"
  int major = 0;
  int minor = 0;
};

// A request that the API server passes on to a Service: it reaches what is not exposed. The API
// server drops the Authorization header; a service that wants one takes a cookie or another header.
struct ServiceRequest {
  enum class Method { kGet, kPost, kPut };
  Method method = Method::kGet;
  std::string ns;
  std::string service;
  std::string port;             // number or name
  std::string scheme = "http";  // towards the service
  std::string path;             // "api/health?x=1"
  std::map<std::string, std::string> headers;
  std::string body;
};

struct ServiceResponse {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
};

// A bearer token of a ServiceAccount.
struct ServiceAccountToken {
  SecretString token;
  absl::Time expires = absl::InfiniteFuture();  // as the API server granted it
};

class Kubernetes {
 public:
  virtual ~Kubernetes() = default;

  // nullopt when the object, its namespace or its kind (a CRD not installed yet) is not there.
  virtual absl::StatusOr<std::optional<Json>> Get(const ObjectKey& key, const Call& call) = 0;

  // All pages; every item carries its apiVersion and kind. Empty when the kind is not there.
  virtual absl::StatusOr<std::vector<Json>> List(absl::string_view api_version,
                                                 absl::string_view kind, const ListOptions& options,
                                                 const Call& call) = 0;

  // Server-side apply with field manager "kproto": creates, or brings exactly the given fields to
  // the given values. Returns the object as stored. NotFound when namespace or kind is missing.
  virtual absl::StatusOr<Json> Apply(const Json& object, Conflicts conflicts, const Call& call) = 0;

  virtual absl::StatusOr<Json> Patch(const ObjectKey& key, PatchType type, const Json& patch,
                                     const Call& call) = 0;

  // Asks for deletion; a missing object is success. It may stay until its finalizers are done: see
  // WaitDeleted().
  virtual absl::Status Delete(const ObjectKey& key, Propagation propagation, const Call& call) = 0;

  // True: enough. False: go on. Error: give up with it. nullptr: the object is not there.
  using Predicate = std::function<absl::StatusOr<bool>(const Json* object)>;

  // Follows one object until `done` says so; calls it with the present state first and then on
  // every change, one call at a time, on the caller's thread. Returns what `done` saw last.
  // Outlives broken watches and an API server that is away for a while; a 401 or 403 ends it.
  // DeadlineExceeded names the object; what was last amiss is for `done` to remember.
  virtual absl::StatusOr<std::optional<Json>> WaitUntil(const ObjectKey& key, const Predicate& done,
                                                        const Call& call) = 0;

  // A new token of a ServiceAccount (TokenRequest). The API server may grant less than `lifetime`.
  // NotFound when the account is not there.
  virtual absl::StatusOr<ServiceAccountToken> RequestToken(const std::string& ns,
                                                           const std::string& account,
                                                           absl::Duration lifetime,
                                                           const Call& call) = 0;

  virtual absl::StatusOr<Version> GetVersion(const Call& call) = 0;

  // The service's own answer, whatever its status. Unavailable when no endpoint is ready.
  virtual absl::StatusOr<ServiceResponse> Proxy(const ServiceRequest& request,
                                                const Call& call) = 0;
};

// Takes the finalizers off an object whose controllers will not: what is being deleted goes then. A
// missing one is success.
absl::Status DropFinalizers(Kubernetes& kubernetes, const ObjectKey& key, const Call& call);

// Waits until the object is gone. DeadlineExceeded names the finalizers that hold it and who set
// them, and of a namespace what is left in it.
absl::Status WaitDeleted(Kubernetes& kubernetes, const ObjectKey& key, const Call& call);

}  // namespace kproto::kubernetes
