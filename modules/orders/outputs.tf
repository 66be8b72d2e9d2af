output "name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.this.arn
}

output "policies" {
  description = "IAM policies (JSON) for the table, by verb: `write` orders, `read` one order."
  value       = local.policies
}

output "deletion_protection" {
  description = "Deletion protection of the table."
  value       = aws_dynamodb_table.this.deletion_protection_enabled
}
