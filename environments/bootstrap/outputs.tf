output "project" {
  description = "Short name of the product; its states lie below it in the bucket."
  value       = var.project
}

output "state_bucket" {
  description = "Name of the bucket for states; `make backend ENV=…` writes it into backend.tf."
  value       = module.state_backend.bucket
}

output "state_region" {
  description = "Region of that bucket."
  value       = module.state_backend.region
}

output "state_lock_table" {
  description = "Name of the lock table; null where the locks are files in the bucket."
  value       = module.state_backend.lock_table
}

output "plan_role_arn" {
  description = "ARN of the role that workflows plan with."
  value       = module.github.plan_role_arn
}

output "apply_role_arn" {
  description = "ARN of the role that workflows deploy with; null without `github_environments`."
  value       = module.github.apply_role_arn
}

output "permissions_boundary_arn" {
  description = "ARN of the policy that every role of these environments must have as its boundary."
  value       = module.github.permissions_boundary_arn
}

output "preview_role_arn" {
  description = "ARN of the role that workflows deploy previews with; null without previews."
  value       = module.github.preview_role_arn
}

output "preview_permissions_boundary_arn" {
  description = "ARN of the policy that every role of a preview must have as its boundary."
  value       = module.github.preview_permissions_boundary_arn
}

output "cleanup_role_arn" {
  description = "ARN of the role that removes temporary environments; null without previews."
  value       = module.github.cleanup_role_arn
}
