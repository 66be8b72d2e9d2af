output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

output "permissions_boundary_arn" {
  description = "ARN of the policy that every role of these environments must have as its boundary."
  value       = aws_iam_policy.workload_boundary.arn
}

output "policies" {
  description = "Policies by verb, as JSON: `look` reads the settings of what the role deploys."
  value       = { look = local.look }
}
