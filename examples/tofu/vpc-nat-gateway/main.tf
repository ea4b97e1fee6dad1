# A private network whose only way out is a NAT gateway with a static public address.

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
  name     = "private"
  region   = "nyc3"
  ip_range = "10.40.0.0/20"
}

resource "kproto_vpc_nat_gateway" "out" {
  name   = "private-out"
  region = kproto_vpc.private.region
  vpcs   = [{ vpc_uuid = kproto_vpc.private.id, default_gateway = true }]
}

# For the allow lists of others.
output "egress_ips" {
  value = kproto_vpc_nat_gateway.out.egress_ips
}
