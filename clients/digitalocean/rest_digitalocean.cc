// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/rest_digitalocean.h"

#include "clients/http/curl_client.h"
#include "clients/http/rate_budget.h"
#include "clients/http/retrying_client.h"

namespace kproto::digitalocean {
namespace {

// Owns the layers below the interface.
struct Layers {
  Layers(const RestOptions& options, Clock& clock)
      : curl({.user_agent = options.user_agent}),
        retrying(curl, clock, options.retry, http::RateBudget::For(options.token)) {}
  http::CurlClient curl;
  http::RetryingClient retrying;
};

class OwningClient : private Layers, public RestDigitalOcean {
 public:
  OwningClient(const RestOptions& options, Clock& clock)
      : Layers(options, clock), RestDigitalOcean(retrying, options.base_url, options.token) {}
};

}  // namespace

std::unique_ptr<DigitalOcean> MakeRestDigitalOcean(RestOptions options, Clock& clock) {
  return std::make_unique<OwningClient>(options, clock);
}

}  // namespace kproto::digitalocean
