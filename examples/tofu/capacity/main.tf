# What can be had now, and for how much: regions, versions, sizes, and what the account has left.

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

variable "region" {
  description = "Slug of the region to look at."
  type        = string
  default     = "nyc3"
}

data "kproto_account" "this" {}

data "kproto_regions" "with_kubernetes" {
  kubernetes = true
  available  = true
}

data "kproto_kubernetes_versions" "this" {
  version_prefix = "1.34"
}

data "kproto_sizes" "workers" {
  region         = var.region
  worker         = true
  min_memory_gib = 4
}

locals {
  # One reading of the prices, any number of picks: the cheapest with enough of both.
  web  = provider::kproto::size_for(data.kproto_sizes.workers.sizes, 2, 4, var.region)
  jobs = provider::kproto::size_for(data.kproto_sizes.workers.sizes, 4, 16, var.region)
}

output "more_nodes" {
  value = data.kproto_account.this.droplets_free
}

output "regions" {
  value = data.kproto_regions.with_kubernetes.slugs
}

output "version" {
  value = data.kproto_kubernetes_versions.this.latest_version
}

output "sizes" {
  value = { web = local.web, jobs = local.jobs }
}
