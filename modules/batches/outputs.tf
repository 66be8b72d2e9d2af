output "counter" {
  description = "The counter: module `function` as a whole."
  value       = module.counter
}

output "environment" {
  description = "Environment variables of functions that submit batches or show them."
  value       = local.environment
}

output "failures_queue_name" {
  description = "Name of the queue for what the counter could not count."
  value       = aws_sqs_queue.failures.name
}

output "policies" {
  description = <<-EOT
    IAM policies (JSON) for the table, by verb: `submit` a batch, `manage` one: show and cancel it,
    `count` members and find what follows.
  EOT
  value       = { for verb in keys(local.grants) : verb => local.policies[verb] }
}

output "table" {
  description = "Name of the table of batches."
  value       = aws_dynamodb_table.this.name
}
