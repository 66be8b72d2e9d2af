output "counter" {
  description = "The counter: module `function` as a whole."
  value       = module.counter
}

output "environment" {
  description = "Environment variables of functions that submit batches or show them."
  value       = merge(local.environment, local.upload_environment)
}

output "failures_queue_name" {
  description = "Name of the queue for what the counter could not count."
  value       = aws_sqs_queue.failures.name
}

output "policies" {
  description = <<-EOT
    IAM policies (JSON) for table, bucket and queue, by verb: `submit` a batch, `manage` one: show
    and cancel it, `count` members and find what follows.
  EOT
  value       = { for verb in ["submit", "manage", "count"] : verb => local.policies[verb] }
}

output "transfer" {
  description = "The batch transfer function: module `function` as a whole; null without uploads."
  value       = one(module.transfer)
}

output "transfer_queue" {
  description = "Names of the queue of transfers and of its DLQ; null without uploads."
  value = one([
    for queue in aws_sqs_queue.transfer :
    { name = queue.name, dlq_name = aws_sqs_queue.transfer_dlq[0].name }
  ])
}

output "files_bucket" {
  description = "Name of the bucket for uploads and results; null without uploads."
  value       = one(module.files[*].name)
}

output "table" {
  description = "Name of the table of batches."
  value       = aws_dynamodb_table.this.name
}
