# Only a cluster: one pool, and a private network of its own.

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

output "cluster_id" {
  value = kproto_cluster.this.id
}

output "cluster_endpoint" {
  value = kproto_cluster.this.endpoint
}

output "monthly_cost" {
  value = kproto_cluster.this.monthly_cost
}
