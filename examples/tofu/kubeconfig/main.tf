# A way into a cluster for this run alone: nothing of it is stored.

terraform {
  # Ephemeral resources: OpenTofu 1.11, Terraform 1.10.
  required_version = ">= 1.11"

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
  description = "Name of the cluster."
  type        = string
}

data "kproto_cluster" "this" {
  name = var.name
}

ephemeral "kproto_kubeconfig" "this" {
  cluster_id = data.kproto_cluster.this.id
  expiry     = "30m"
}

# Any provider's configuration takes it, for instance those of kubernetes and helm:
#
#   host                   = ephemeral.kproto_kubeconfig.this.host
#   cluster_ca_certificate = ephemeral.kproto_kubeconfig.this.cluster_ca_certificate
#   token                  = ephemeral.kproto_kubeconfig.this.token

# And so do commands.
resource "terraform_data" "nodes" {
  triggers_replace = data.kproto_cluster.this.version

  provisioner "local-exec" {
    environment = {
      KUBECONFIG_TEXT = ephemeral.kproto_kubeconfig.this.kubeconfig
    }

    command = <<-SHELL
      file=$(mktemp) # readable by nobody else
      trap 'rm -f "$file"' EXIT
      printf '%s' "$KUBECONFIG_TEXT" >"$file"
      kubectl --kubeconfig "$file" get nodes
    SHELL
  }
}
