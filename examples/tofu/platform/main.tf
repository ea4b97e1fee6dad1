# A whole platform from one apply: private network, Kubernetes cluster with two node pools, Argo CD,
# and Grafana, Loki and Promtail as Argo CD Applications on the pool kept for them.

# The token comes from DIGITALOCEAN_TOKEN; DIGITALOCEAN_API_URL leads to the lab instead of DigitalOcean.
provider "kproto" {}

resource "kproto_cluster" "this" {
  name    = var.name
  region  = var.region
  version = var.kubernetes_version
  vpc     = { ip_range = "10.10.0.0/20" }

  node_pools = {
    primary    = { size = "s-4vcpu-8gb", count = 3 }
    monitoring = { size = "c-4", count = 2, dedicated = true } # label node-type, taint dedicated
  }

  wait_for_nodes = false # the stack does, and Argo CD is installed meanwhile
}

resource "kproto_monitoring_stack" "this" {
  cluster_id  = kproto_cluster.this.id
  environment = var.environment
  values_dir  = "${path.module}/helm-values" # <component>.yaml, overridden by <environment>/<component>.yaml
  collector   = "promtail"

  # The plan checks every pod against these.
  kubernetes_version = kproto_cluster.this.version
  node_pools         = kproto_cluster.this.node_pools

  # Without a repository the provider makes the Applications itself.
  git = var.git_repo_url == "" ? null : {
    repo_url = var.git_repo_url
    path     = var.git_path
    revision = var.git_revision
  }

  grafana = {
    expose                    = "load_balancer"
    admin_password_wo         = var.grafana_admin_password
    admin_password_wo_version = var.grafana_admin_password_version
  }

  loki = { retention = "168h", volume_gib = 50 }
}
