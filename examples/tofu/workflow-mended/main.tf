# The prototype's workflow with its mistakes mended: `tofu plan` has nothing to say against its charts, its
# values or the room on its nodes. What was wrong, and how the plan says so, is in ../workflow-broken.

terraform {
  required_version = ">= 1.10"

  required_providers {
    kproto = {
      source  = "kproto/kproto"
      version = "~> 0.1"
    }
  }
}

# The token comes from DIGITALOCEAN_TOKEN; DIGITALOCEAN_API_URL leads to the lab instead of DigitalOcean.
provider "kproto" {}

resource "kproto_cluster" "this" {
  name    = "prototype"
  region  = "nyc3"
  version = "1.34"
  vpc     = { ip_range = "10.30.0.0/20" }

  # `dedicated` gives the nodes the label and the taint by which the stack finds them.
  node_pools = {
    primary    = { size = "s-2vcpu-4gb", count = 2 }
    monitoring = { size = "s-4vcpu-8gb", count = 2, dedicated = true }
  }
}

resource "kproto_monitoring_stack" "this" {
  cluster_id  = kproto_cluster.this.id
  environment = "dev"
  values_dir  = "${path.module}/helm-values"

  # What the plan has to know of the cluster to check that the stack fits it.
  kubernetes_version = kproto_cluster.this.version
  node_pools         = kproto_cluster.this.node_pools
  max_load_balancers = 1

  grafana = { expose = "load_balancer" }
  loki    = { retention = "168h", volume_gib = 20 }

  # That Promtail has ended is known here; the other checks keep their severity.
  checks = { charts = "off" }
}
