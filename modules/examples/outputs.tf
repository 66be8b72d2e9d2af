output "policies" {
  description = "Grants of the worker for the examples, by name; none while they are off."
  value       = local.policies
}

output "environment" {
  description = "Environment variables of the worker for examples that are on, and `DEMO_HANDLERS`."
  value       = local.environment
}
