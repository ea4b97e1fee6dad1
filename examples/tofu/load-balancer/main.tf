# A load balancer with what a Kubernetes Service cannot say, for all workers of a cluster.

terraform {
  required_version = ">= 1.10"

  required_providers {
    kproto = {
      source  = "kproto/kproto"
      version = "~> 0.1"
    }
  }
}

# The token comes from DIGITALOCEAN_TOKEN.
provider "kproto" {}

resource "kproto_cluster" "this" {
  name    = "example"
  region  = "nyc3"
  version = "1.34"
  vpc     = { ip_range = "10.20.0.0/20" }

  node_pools = {
    workers = { size = "s-2vcpu-4gb", count = 2 }
  }
}

resource "kproto_load_balancer" "web" {
  name        = "web"
  region      = "nyc3"
  vpc_uuid    = kproto_cluster.this.vpc_id
  droplet_tag = "k8s:${kproto_cluster.this.id}"
  size_unit   = 2

  forwarding_rules = [
    { entry_protocol = "http", entry_port = 80, target_protocol = "http", target_port = 30080 },
    { entry_protocol = "tcp", entry_port = 443, target_protocol = "tcp", target_port = 30443 },
  ]

  health_check = { protocol = "http", port = 10256, path = "/healthz" }
  firewall     = { allow = ["cidr:192.0.2.0/24"] }
}

output "address" {
  value = kproto_load_balancer.web.ip
}

# For a Service that shall use it: metadata.annotations.
output "service_annotations" {
  value = kproto_load_balancer.web.service_annotations
}
