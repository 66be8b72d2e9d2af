output "prefix" {
  description = "Prefix of every secret's name."
  value       = var.prefix
}

output "arns" {
  description = "ARNs of the secrets by purpose."
  value       = local.arns
}

output "names" {
  description = "Names of the secrets by purpose."
  value       = local.names
}

output "policies" {
  description = "IAM policies (JSON) by verb: `read` exactly these secrets; null without secrets."
  value       = local.policies
}

output "recovery_window_days" {
  description = "Recovery window of deleted secrets, in days."
  value       = var.recovery_window_days
}
