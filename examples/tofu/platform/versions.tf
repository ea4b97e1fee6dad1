terraform {
  # Ephemeral variables and write-only attributes (OpenTofu 1.11, Terraform 1.11) keep the password out of state and plan.
  required_version = ">= 1.11"

  required_providers {
    kproto = {
      source  = "kproto/kproto"
      version = "~> 0.1"
    }
  }
}
