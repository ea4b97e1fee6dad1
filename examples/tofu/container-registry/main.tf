# A container registry, and what names of images start with.

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

resource "kproto_container_registry" "images" {
  name                   = "example-images"
  region                 = "nyc3"
  subscription_tier_slug = "basic"
}

output "images_start_with" {
  value = kproto_container_registry.images.endpoint
}
