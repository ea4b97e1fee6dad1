# The monitoring stack on a cluster that kproto did not make, anywhere.

terraform {
  # Write-only attributes (OpenTofu 1.11, Terraform 1.11) keep the token out of state and plan.
  required_version = ">= 1.11"

  required_providers {
    kproto = {
      source  = "kproto/kproto"
      version = "~> 0.1"
    }
  }
}

# No DigitalOcean token is needed: everything goes through the cluster's own API.
provider "kproto" {}

variable "host" {
  description = "URL of the Kubernetes API server."
  type        = string
}

variable "cluster_ca_certificate" {
  description = "Certificate authority of the API server, in PEM form."
  type        = string
}

variable "token" {
  description = "Bearer token of a cluster administrator. It is stored nowhere: refresh and destroy read KUBE_TOKEN."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "kproto_monitoring_stack" "this" {
  kubernetes = {
    host                   = var.host
    cluster_ca_certificate = var.cluster_ca_certificate
    token                  = var.token
  }

  environment = "dev"
  values_dir  = "${path.module}/helm-values"
  grafana     = { expose = "none" }
  loki        = { retention = "72h", volume_gib = 20 }
  collector   = "promtail"
}

output "argocd_version" {
  value = kproto_monitoring_stack.this.argocd.version
}

output "applications" {
  value = kproto_monitoring_stack.this.applications
}
