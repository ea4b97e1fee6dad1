# A cloud firewall for the nodes of a cluster: SSH and node ports from the office only.

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

variable "cluster_id" {
  description = "Id of the cluster whose nodes are guarded, such as kproto_cluster.this.id."
  type        = string
}

variable "office" {
  description = "Networks that may reach the nodes."
  type        = set(string)
  default     = ["192.0.2.0/24"]
}

resource "kproto_firewall" "nodes" {
  name = "nodes"
  tags = ["k8s:${var.cluster_id}"] # every node of the cluster carries this tag

  inbound_rules = [
    { protocol = "tcp", ports = "22", sources = { addresses = var.office } },
    { protocol = "tcp", ports = "30000-32767", sources = { addresses = var.office } },
    { protocol = "icmp", sources = { addresses = ["10.0.0.0/8"] } },
  ]

  outbound_rules = [
    { protocol = "tcp", ports = "all", destinations = { addresses = ["0.0.0.0/0", "::/0"] } },
    { protocol = "udp", ports = "all", destinations = { addresses = ["0.0.0.0/0", "::/0"] } },
    { protocol = "icmp", destinations = { addresses = ["0.0.0.0/0", "::/0"] } },
  ]
}

output "status" {
  value = kproto_firewall.nodes.status
}
