output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

output "permissions_boundary_arn" {
  description = "ARN of the policy that every role of these environments must have as its boundary."
  value       = aws_iam_policy.workload_boundary.arn
}

output "policies" {
  description = <<-EOT
    Policies by verb, as JSON: `look` reads the settings of what the role deploys, `look_options`
    those of what options add, and is absent without any.
  EOT
  value = merge({ look = local.look }, length(local.look_options) == 0 ? {} : {
    look_options = jsonencode({ Version = "2012-10-17", Statement = local.look_options })
  })
}
