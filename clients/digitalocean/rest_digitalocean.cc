// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/rest_digitalocean.h"

#include <atomic>

#include "clients/digitalocean/shared_list.h"
#include "clients/digitalocean/shared_reads.h"
#include "clients/http/curl_client.h"
#include "clients/http/rate_budget.h"
#include "clients/http/retrying_client.h"

namespace kproto::digitalocean {
namespace {

// Notes when the last call began or ended, whatever it was.
class NotingClient : public http::HttpClient {
 public:
  NotingClient(http::HttpClient& inner, Clock& clock) : inner_(inner), clock_(clock) {}

  absl::StatusOr<http::Response> Send(const http::Request& request, std::stop_token stop) override {
    last_ = absl::ToUnixNanos(clock_.Now());
    absl::StatusOr<http::Response> response = inner_.Send(request, stop);
    last_ = absl::ToUnixNanos(clock_.Now());
    return response;
  }
  absl::Time last() const { return absl::FromUnixNanos(last_); }

 private:
  http::HttpClient& inner_;
  Clock& clock_;
  std::atomic<int64_t> last_ = 0;
};

// Owns the layers below the interface.
struct Layers {
  Layers(const RestOptions& options, Clock& clock)
      : curl({.user_agent = options.user_agent}),
        retrying(curl, clock, options.retry, http::RateBudget::For(options.token)),
        noting(retrying, clock) {}
  http::CurlClient curl;
  http::RetryingClient retrying;
  NotingClient noting;
};

class OwningClient : private Layers, public RestDigitalOcean {
 public:
  OwningClient(const RestOptions& options, Clock& clock)
      : Layers(options, clock),
        RestDigitalOcean(noting, options.base_url, options.token),
        reads_(retrying, options.base_url, options.token, clock, [this] { return noting.last(); }),
        clusters_(
            clock, [this](std::stop_token stop) { return ListClusters(stop); },
            [this](const std::string& id, std::stop_token stop) { return GetCluster(id, stop); }) {}

  DigitalOcean& ForReading() override { return reads_; }

  absl::StatusOr<std::optional<Cluster>> LookAtCluster(const std::string& id, absl::Time not_before,
                                                       std::stop_token stop) override {
    return clusters_.One(id, not_before, stop);
  }

 private:
  SharedReads reads_;
  SharedList<Cluster> clusters_;
};

}  // namespace

std::unique_ptr<DigitalOcean> MakeRestDigitalOcean(RestOptions options, Clock& clock) {
  return std::make_unique<OwningClient>(options, clock);
}

}  // namespace kproto::digitalocean
