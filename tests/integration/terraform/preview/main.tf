# What the steps for previews need of environments/preview: its variables and outputs.
terraform {
  required_version = ">= 1.11"
}

variable "pr_number" {
  type = number
}

variable "created_at" {
  type = string
}

resource "terraform_data" "preview" {
  input = "pr-${var.pr_number} of ${var.created_at}"
}

output "preview_url" {
  value = "https://pr-${var.pr_number}.example.com/"
}

output "api_url" {
  value = "https://api.example.com/pr-${var.pr_number}"
}

output "job_url" {
  value = "https://api.example.com/pr-${var.pr_number}/jobs"
}
