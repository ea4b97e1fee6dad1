# The prototype's workflow as it stood, with its mistakes. One `tofu plan` refuses it, and names each
# of them by file, line and key before anything is made; README.md has the list. The same without
# the mistakes is in ../workflow-mended.

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

  # The values files ask for nodes labelled node-type=monitoring, and for more room than these have.
  node_pools = {
    primary = { size = "s-2vcpu-4gb", count = 2 }
  }
}

resource "kproto_monitoring_stack" "this" {
  cluster_id  = kproto_cluster.this.id
  environment = "dev"
  values_dir  = "${path.module}/helm-values"

  # What the plan has to know of the cluster to check that the stack fits it: for which version the
  # charts are rendered, which labels, taints and room the nodes have. All of it is known before the
  # cluster is made.
  kubernetes_version = kproto_cluster.this.version
  node_pools         = kproto_cluster.this.node_pools

  # One for Grafana. helm-values/argocd.yaml asks for another.
  max_load_balancers = 1
}
