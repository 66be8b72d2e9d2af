output "plan_role_arn" {
  description = "ARN of the role that plans."
  value       = aws_iam_role.plan.arn
}

output "apply_role_arn" {
  description = "ARN of the role that deploys from the branch; null without such environments."
  value       = try(module.deploy["apply"].arn, null)
}

output "permissions_boundary_arn" {
  description = "ARN of the policy that every role of those must have as its boundary."
  value       = try(module.deploy["apply"].permissions_boundary_arn, null)
}

output "preview_role_arn" {
  description = "ARN of the role that deploys previews; null without previews."
  value       = try(module.deploy["preview"].arn, null)
}

output "preview_permissions_boundary_arn" {
  description = "ARN of the policy that every role of a preview must have as its boundary."
  value       = try(module.deploy["preview"].permissions_boundary_arn, null)
}

output "cleanup_role_arn" {
  description = "ARN of the role that removes temporary environments; null without previews."
  value       = one(aws_iam_role.cleanup[*].arn)
}
