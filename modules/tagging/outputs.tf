output "tags" {
  description = "All tags of the environment, for the provider's `default_tags`."
  value       = local.this
}
