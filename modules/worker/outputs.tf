output "name" {
  description = "Name of the function."
  value       = module.function.name
}

output "arn" {
  description = "ARN of the function."
  value       = module.function.arn
}

output "live_version" {
  description = "Number of the live version."
  value       = aws_lambda_alias.live.function_version
}

output "newest_version" {
  description = "Number of the newest published version."
  value       = module.function.version
}

output "role_name" {
  description = "Name of the function's execution role."
  value       = module.function.role_name
}

output "role_arn" {
  description = "ARN of the function's execution role."
  value       = module.function.role_arn
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.log_group_name
}

output "event_source_mapping_id" {
  description = "UUID of the event source mapping."
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
