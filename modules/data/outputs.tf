output "name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.this.arn
}

output "ttl_attribute" {
  description = "Attribute that holds when an item may be deleted, in epoch seconds."
  value       = var.ttl_attribute
}

output "index_name" {
  description = "Name of the index by status and time; null where there is none."
  value       = var.index_by_status ? "by-status" : null
}

output "policies" {
  description = <<-EOT
    IAM policies (JSON) for the table, by verb: `read` one item, `write` one item, `read_input` and
    `store_input` of a command whose input has an item of its own, `find_unsent` commands by their
    index, `list` commands without input and result: by the index by status, or where there is none
    by scanning.
  EOT
  value       = local.policies
}

output "deletion_protection" {
  description = "Whether AWS refuses to delete the table."
  value       = aws_dynamodb_table.this.deletion_protection_enabled
}
