# One kubeconfig with the contexts of several.

terraform {
  required_version = ">= 1.10"

  required_providers {
    kproto = {
      source  = "kproto/kproto"
      version = "~> 0.1"
    }
  }
}

output "kubeconfig" {
  value = provider::kproto::kubeconfig_merge(
    file("${path.module}/staging.yaml"),
    file("${path.module}/production.yaml"),
  )
}
