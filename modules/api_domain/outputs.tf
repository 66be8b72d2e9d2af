output "url" {
  description = "URL of the API at its domain."
  value       = "https://${aws_apigatewayv2_api_mapping.this.domain_name}"
}

output "target" {
  description = "Where DNS must point: `domain_name`, and its `hosted_zone_id` for an alias."
  value       = local.target
}
