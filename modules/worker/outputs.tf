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

output "template" {
  description = "What further workers have in common with this one, for module `queues`."
  value = {
    runtime              = var.runtime
    data                 = var.data
    secrets              = var.secrets
    memory_mb            = var.memory_mb
    default_command_type = var.default_command_type
    max_attempts         = var.max_attempts
    log_exception_text   = var.log_exception_text
    environment          = var.environment
    layers               = var.layers
    settings             = var.settings
    policies = {
      for name, policy in var.policies : name => policy
      if !contains(["consume", "dead_letter", "delayed_copies"], name)
    }
  }
}

output "environment" {
  description = "Environment variables of the function."
  value       = module.function.environment
}

output "grants" {
  description = "Names of the grants that the function was given."
  value       = module.function.grants
}
