// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/kinds.h"

namespace kproto::lab {

void ServeAccount(Cloud* cloud, Router* router) {
  router->Add("GET", "/v2/account", [cloud](const ApiRequest&) {
    return Ok(
        {{"account",
          {{"droplet_limit", cloud->options.droplet_limit},
           {"floating_ip_limit", 3},
           {"reserved_ip_limit", 3},
           {"volume_limit", cloud->options.volume_limit},
           {"email", "lab@example.com"},
           {"name", "kproto lab"},
           {"uuid", "00000000-0000-4000-8000-00000000ab1e"},
           {"email_verified", true},
           {"status", "active"},
           {"status_message", ""},
           {"team", {{"name", "kproto lab"}, {"uuid", "00000000-0000-4000-8000-0000000ea000"}}}}}});
  });
}

}  // namespace kproto::lab
