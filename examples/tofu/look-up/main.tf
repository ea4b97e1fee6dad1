# Clusters that are there already: one by its name, and all of them.

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

variable "name" {
  description = "Name of the cluster. If several have it, the error lists their ids."
  type        = string
}

data "kproto_cluster" "this" {
  name = var.name
}

data "kproto_clusters" "neighbours" {
  region = data.kproto_cluster.this.region
}

output "id" {
  value = data.kproto_cluster.this.id
}

output "pools" {
  value = { for name, pool in data.kproto_cluster.this.node_pools : name => "${pool.count} x ${pool.size}" }
}

output "neighbours" {
  value = [for cluster in data.kproto_clusters.neighbours.clusters : "${cluster.name} (${cluster.version})"]
}
