terraform {
  required_version = ">= 1.11" # write-only attributes

  required_providers {
    kproto = {
      source  = "kproto/kproto"
      version = "~> 0.1"
    }
  }
}
