output "id" {
  description = "Id of the API."
  value       = aws_api_gateway_rest_api.this.id
}

output "endpoint" {
  description = "URL of the API's stage."
  value       = aws_api_gateway_stage.this.invoke_url
}

output "submit_endpoint" {
  description = "URL for submitting jobs."
  value       = "${aws_api_gateway_stage.this.invoke_url}/submit"
}

output "commands_endpoint" {
  description = "URL for submitting commands."
  value       = "${aws_api_gateway_stage.this.invoke_url}/commands"
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "api_key_ids" {
  description = "Ids of the API keys by name; an id shows the key to who may ask AWS for it."
  value       = { for name, key in aws_api_gateway_api_key.this : name => key.id }
}

output "log_group_name" {
  description = "Name of the log group with the access logs."
  value       = aws_cloudwatch_log_group.this.name
}
