# A cluster whose networks stay clear of a network that is there already.

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

variable "office" {
  description = "A network outside DigitalOcean that shall reach the cluster one day."
  type        = string
  default     = "10.244.0.0/16"
}

# The VPC that the region's other things are in.
data "kproto_vpc" "default" {
  region = "nyc3"
}

locals {
  networks = provider::kproto::subnet_plan("10.30.0.0/20", data.kproto_vpc.default.ip_range, var.office)
}

resource "kproto_cluster" "this" {
  name           = "apart"
  region         = "nyc3"
  version        = "1.34"
  vpc            = { ip_range = local.networks.ip_range }
  cluster_subnet = local.networks.cluster_subnet
  service_subnet = local.networks.service_subnet

  node_pools = {
    workers = { size = "s-2vcpu-4gb", count = 1 }
  }
}

output "networks" {
  value = local.networks
}
