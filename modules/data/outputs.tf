output "name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.this.arn
}

output "ttl_attribute" {
  description = "Time-to-live attribute of the table, in epoch seconds."
  value       = var.ttl_attribute
}

output "index_name" {
  description = "Name of the index by status and time; null where there is none."
  value       = var.index_by_status ? "by-status" : null
}

output "policies" {
  description = <<-EOT
    IAM policies (JSON) for the table, by verb: `read` one item or `read_many`, `write` one,
    `read_input` and `store_input` of a command whose input has an item of its own,
    `find_pending` commands by their index, and where the stream is on by it, `list` commands
    without input and result: by the index by status, or where there is none by scanning,
    `read_stream` for changes. `read_results`, `write_results` and `read_states`, those of
    commands that continue, are for the bucket; null where there is none.
  EOT
  value       = local.policies
}

output "deletion_protection" {
  description = "Deletion protection of the table."
  value       = aws_dynamodb_table.this.deletion_protection_enabled
}

output "retention_days" {
  description = "Retention of a command after its last write, in days."
  value       = var.retention_days
}

output "results_bucket" {
  description = "Name of the bucket for large results; null where there is none."
  value       = local.results_bucket
}

output "results_force_destroy" {
  description = "True if the bucket can be destroyed with results in it; null if none is made."
  value       = local.makes_bucket ? module.results[0].force_destroy : null
}

output "store" {
  description = <<-EOT
    Table and bucket for modules `worker`, `api` and `examples`. Unlike the module as a whole it
    does not wait for the bucket's lifecycle, which takes AWS a minute.
  EOT
  value = {
    name           = aws_dynamodb_table.this.name
    ttl_attribute  = var.ttl_attribute
    retention_days = var.retention_days
    index_name     = var.index_by_status ? "by-status" : null
    stream         = var.stream
    stream_arn     = var.stream ? aws_dynamodb_table.this.stream_arn : null
    results_bucket = local.results_bucket
    policies       = local.policies
  }
}
