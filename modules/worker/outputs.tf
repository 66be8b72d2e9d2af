output "name" {
  description = "Name of the function."
  value       = module.function.name
}

output "arn" {
  description = "ARN of the function."
  value       = module.function.arn
}

output "live_version" {
  description = "Number of the version that takes messages."
  value       = aws_lambda_alias.live.function_version
}

output "newest_version" {
  description = "Number of the newest published version."
  value       = module.function.version
}

output "role_name" {
  description = "Name of the role that the function runs as."
  value       = module.function.role_name
}

output "log_group_name" {
  description = "Name of the log group that the function writes to."
  value       = module.function.log_group_name
}

output "event_source_mapping_id" {
  description = "UUID of the mapping that hands the queue's messages to the function."
  value       = aws_lambda_event_source_mapping.this.uuid
}

output "environment" {
  description = "Environment variables of the function."
  value       = module.function.environment
}

output "grants" {
  description = "Names of the grants that the function was given."
  value       = module.function.grants
}
