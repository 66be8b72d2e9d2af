output "policies" {
  description = "Grants of the worker for the examples, by name; none while they are off."
  value       = local.policies
}

output "environment" {
  description = "Environment variables of the worker for the examples; while they are off only `DEMO_HANDLERS`."
  value       = local.environment
}
