output "url" {
  description = "URL of the WebSocket API."
  value       = local.url
}

output "api_id" {
  description = "Id of the WebSocket API."
  value       = aws_apigatewayv2_api.this.id
}

output "function" {
  description = "Function behind the API: module `function` as a whole."
  value       = module.function
}

output "table_name" {
  description = "Name of the table of who watches which command."
  value       = aws_dynamodb_table.watches.name
}

output "listener_environment" {
  description = "Environment variables of the function that tells viewers."
  value       = { PUSH_ENDPOINT = local.connections_url, WATCH_TABLE = var.table_name }
}

output "policies" {
  description = "IAM policies (JSON) by verb: `tell` viewers of the commands that they watch."
  value       = { tell = local.policies.tell }
}
