variable "name" {
  description = "Name of the cluster; its network is named after it."
  type        = string
  default     = "k8s-prototype"
}

variable "region" {
  description = "DigitalOcean region."
  type        = string
  default     = "nyc3"
}

variable "kubernetes_version" {
  description = "Kubernetes minor version, resolved to DigitalOcean's newest patch of it. A higher one upgrades the cluster in place."
  type        = string
  default     = "1.34"
}

variable "environment" {
  description = "Which overlay of helm-values applies: dev or prod."
  type        = string
  default     = "dev"
}

variable "git_repo_url" {
  description = "Git repository from which Argo CD takes its Applications (App-of-Apps). Empty: the provider makes them."
  type        = string
  default     = ""
}

variable "git_path" {
  description = "Folder of that repository which holds the chart in k8s/apps."
  type        = string
  default     = "k8s/apps"
}

variable "git_revision" {
  description = "Branch, tag or commit of that repository."
  type        = string
  default     = "main"
}

variable "grafana_admin_password" {
  description = "Password of Grafana's admin. Null: one is made and kept in a Kubernetes Secret. It reaches neither state nor plan."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "grafana_admin_password_version" {
  description = "Goes with grafana_admin_password, which leaves no trace to compare with: change it to have that written again."
  type        = number
  default     = null
}
