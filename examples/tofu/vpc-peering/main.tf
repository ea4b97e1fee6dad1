# Two private networks in two regions whose Droplets, load balancers and clusters see each other.

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

resource "kproto_vpc" "east" {
  name        = "east"
  region      = "nyc3"
  description = "What runs in New York"
  ip_range    = "10.30.0.0/20"
}

resource "kproto_vpc" "west" {
  name     = "west"
  region   = "sfo3"
  ip_range = "10.31.0.0/20"
}

resource "kproto_vpc_peering" "this" {
  name    = "east-west"
  vpc_ids = [kproto_vpc.east.id, kproto_vpc.west.id]
}

output "status" {
  value = kproto_vpc_peering.this.status
}
