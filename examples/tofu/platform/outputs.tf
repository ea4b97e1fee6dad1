output "grafana_url" {
  description = "Where Grafana answers."
  value       = kproto_monitoring_stack.this.grafana.url
}

output "cluster_id" {
  description = "Id of the cluster."
  value       = kproto_cluster.this.id
}

output "cluster_endpoint" {
  description = "URL of the Kubernetes API server."
  value       = kproto_cluster.this.endpoint
}

output "kubernetes_version" {
  description = "Kubernetes version as DigitalOcean names it."
  value       = kproto_cluster.this.version_resolved
}

output "argocd_version" {
  description = "Version of Argo CD."
  value       = kproto_monitoring_stack.this.argocd.version
}

output "applications" {
  description = "The Argo CD Applications: chart version, sync, health and revision of each."
  value       = kproto_monitoring_stack.this.applications
}

output "monthly_cost" {
  description = "Estimated US dollars a month for nodes and control plane."
  value       = kproto_cluster.this.monthly_cost
}
