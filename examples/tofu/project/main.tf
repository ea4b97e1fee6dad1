# A project, and something that belongs to it.

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

resource "kproto_project" "shop" {
  name        = "shop"
  description = "Everything of the web shop"
  purpose     = "Web Application"
  environment = "Production"
}

resource "kproto_load_balancer" "shop" {
  name       = "shop"
  region     = "nyc3"
  project_id = kproto_project.shop.id

  forwarding_rules = [
    { entry_protocol = "tcp", entry_port = 80, target_protocol = "tcp", target_port = 8080 },
  ]
}
