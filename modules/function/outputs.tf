output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "version" {
  description = "Number of the newest published version; \"$LATEST\" without `publish`."
  value       = aws_lambda_function.this.version
}

output "invoke_arn" {
  description = "ARN by which API Gateway invokes the function."
  value       = aws_lambda_function.this.invoke_arn
}

output "reserved_concurrency" {
  description = "Concurrent executions kept for the function; null keeps none."
  value       = var.reserved_concurrency
}

output "role_name" {
  description = "Name of the function's execution role."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "ARN of the function's execution role."
  value       = aws_iam_role.this.arn
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "timeout_seconds" {
  description = "Timeout of the function, in seconds."
  value       = aws_lambda_function.this.timeout
}

output "environment" {
  description = "Environment variables of the function."
  value       = local.environment
}

output "grants" {
  description = "Names of the function's grants; `logs`, which every function has, is left out."
  value       = local.grants
}
