output "id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "endpoint" {
  description = "URL of the API."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "commands_endpoint" {
  description = "URL for submitting commands."
  value       = "${aws_apigatewayv2_api.this.api_endpoint}/commands"
}

output "log_group_name" {
  description = "Name of the log group with the access logs."
  value       = aws_cloudwatch_log_group.this.name
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_apigatewayv2_stage.this.name
}
