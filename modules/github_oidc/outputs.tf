output "plan_role_arn" {
  description = "ARN of the role that plans."
  value       = aws_iam_role.plan.arn
}

output "apply_role_arn" {
  description = "ARN of the role that deploys."
  value       = aws_iam_role.apply.arn
}

output "permissions_boundary_arn" {
  description = "ARN of the policy that every role of the project must have as its boundary."
  value       = aws_iam_policy.workload_boundary.arn
}

output "cleanup_role_arn" {
  description = "ARN of the role that removes temporary environments; null without previews."
  value       = one(aws_iam_role.cleanup[*].arn)
}
