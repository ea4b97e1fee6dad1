# A cluster whose workers have no public address: they leave through a NAT gateway, whose static
# address others can put on their allow lists.

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

resource "kproto_vpc" "private" {
  name     = "private-cluster"
  region   = "nyc3"
  ip_range = "10.50.0.0/20"
}

resource "kproto_vpc_nat_gateway" "out" {
  name   = "private-cluster-out"
  region = kproto_vpc.private.region
  vpcs   = [{ vpc_uuid = kproto_vpc.private.id, default_gateway = true }]
}

resource "kproto_cluster" "private" {
  name             = "private"
  region           = kproto_vpc.private.region
  version          = "1.34"
  vpc              = { id = kproto_vpc.private.id }
  isolated_workers = true

  node_pools = {
    workers = { size = "s-2vcpu-4gb", count = 2 }
  }

  # Workers without a way out cannot join: the gateway first, and on destroy the cluster first.
  depends_on = [kproto_vpc_nat_gateway.out]
}

# What others see, for their allow lists.
output "egress_ips" {
  value = kproto_vpc_nat_gateway.out.egress_ips
}

# For Services of the type LoadBalancer: the default type, REGIONAL_NETWORK, needs workers with
# public addresses.
output "service_annotations" {
  value = { "service.beta.kubernetes.io/do-loadbalancer-type" = "REGIONAL" }
}
