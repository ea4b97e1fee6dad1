# The stack with what people bring along: dashboards, metrics, and Applications of their own from a
# chart, from a private Git repository, and from manifests.

provider "kproto" {}

resource "kproto_cluster" "this" {
  name       = "own-applications"
  region     = "nyc3"
  version    = "1.34"
  vpc        = { ip_range = "10.20.0.0/20" }
  node_pools = { primary = { size = "s-4vcpu-8gb", count = 3 } }
}

resource "kproto_monitoring_stack" "this" {
  cluster_id = kproto_cluster.this.id

  argocd     = { mode = "core" } # no server: the stack asks Kubernetes
  prometheus = { retention = "360h", volume_gib = 20 }
  grafana    = { dashboards_dir = "${path.module}/dashboards" }

  # Manifests of Applications, applied as they are.
  apps_dir = "${path.module}/apps"

  extra_applications = merge(
    {
      gateway = {
        repo_url      = "https://grafana.github.io/helm-charts"
        chart         = "alloy"
        chart_version = "1.11.1"
        namespace     = "telemetry" # made for it, and removed with it
        values        = yamlencode({ controller = { type = "deployment" } })
      }
    },
    var.git_repo_url == "" ? {} : {
      shop = {
        repo_url  = var.git_repo_url
        path      = "shop"
        revision  = "main"
        namespace = "shop"
      }
    }
  )

  git_credentials = var.git_repo_url == "" ? null : {
    platform = {
      repo_url            = var.git_repo_url
      username            = "reader"
      password_wo         = var.git_password # a token; stored in the cluster only
      password_wo_version = 1
    }
  }

  # Somebody may scale or restart things by hand; that is told, and left.
  on_drift = { applications = "warn" }
}

output "applications" {
  value = { for name, application in kproto_monitoring_stack.this.applications : name => application.health }
}
