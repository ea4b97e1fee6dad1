# One Argo CD, on a hub, delivers Grafana, Loki and Promtail to many clusters.

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

variable "members" {
  description = "The clusters of the fleet by name: where they are, and how much room their logs need."
  type = map(object({
    region   = string
    ip_range = string
    logs     = string
  }))
  default = {
    ams = { region = "ams3", ip_range = "10.41.0.0/20", logs = "10Gi" }
    nyc = { region = "nyc3", ip_range = "10.42.0.0/20", logs = "20Gi" }
  }
}

# The hub: a cluster with Argo CD, and a stack of its own.
resource "kproto_cluster" "hub" {
  name    = "hub"
  region  = "ams3"
  version = "1.34"
  vpc     = { ip_range = "10.40.0.0/20" }

  node_pools = {
    workers = { size = "s-4vcpu-8gb", count = 2 }
  }
}

resource "kproto_monitoring_stack" "hub" {
  cluster_id = kproto_cluster.hub.id
}

# What is delivered. Taking the cluster from the stack makes Argo CD come first.
resource "kproto_fleet" "edge" {
  name           = "edge"
  hub_cluster_id = kproto_monitoring_stack.hub.cluster_id
  values_dir     = "${path.module}/helm-values"
}

# To whom. A cluster that is taken out of var.members leaves the fleet before it is destroyed.
resource "kproto_cluster" "member" {
  for_each = var.members

  name    = each.key
  region  = each.value.region
  version = "1.34"
  vpc     = { ip_range = each.value.ip_range }

  node_pools = {
    workers = { size = "s-2vcpu-4gb", count = 2 }
  }
}

resource "kproto_fleet_member" "edge" {
  for_each = var.members

  fleet_id   = kproto_fleet.edge.id
  name       = each.key
  cluster_id = kproto_cluster.member[each.key].id
  labels     = { region = each.value.region }
  values     = { loki = yamlencode({ singleBinary = { persistence = { size = each.value.logs } } }) }
}

output "applications" {
  description = "What Argo CD says of every Application of every member."
  value       = { for name, member in kproto_fleet_member.edge : name => member.applications }
}

output "tokens_expire_at" {
  description = "When Argo CD's way into each member ends, unless an apply renews it."
  value       = { for name, member in kproto_fleet_member.edge : name => member.token_expires_at }
}
