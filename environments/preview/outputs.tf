output "preview_url" {
  description = "URL of the preview page."
  value       = module.site.url
}
output "api_url" {
  description = "URL of the API."
  value       = module.api.endpoint
}
output "job_url" {
  description = "URL for submitting jobs."
  value       = "${module.api.endpoint}/jobs"
}
output "commands_endpoint" {
  description = "URL of commands, for `python -m scripts.commands`."
  value       = module.api.commands_endpoint
}
output "secret_names" {
  description = "Names of the secrets by purpose, for `python -m scripts.secrets`."
  value       = module.secrets.names
}
