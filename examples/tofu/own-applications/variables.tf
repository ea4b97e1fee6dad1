variable "git_repo_url" {
  description = "A private Git repository with a folder shop. Empty: none."
  type        = string
  default     = ""
}

variable "git_password" {
  description = "Password or token of its user reader."
  type        = string
  default     = ""
  sensitive   = true
}
