output "api_endpoint" {
  description = "URL of the API."
  value       = module.api.endpoint
}

output "commands_endpoint" {
  description = "URL to which commands are posted."
  value       = module.api.commands_endpoint
}

output "dynamodb_table_name" {
  description = "Name of the table that holds the commands."
  value       = module.data.name
}

output "dynamodb_ttl_attribute" {
  description = "Attribute that holds when a command may be deleted, in epoch seconds."
  value       = module.data.ttl_attribute
}

output "command_index_name" {
  description = "Name of the index for `scripts.commands list`; null where it is not enabled."
  value       = module.data.index_name
}

output "results_bucket_name" {
  description = "Name of the bucket that holds large results."
  value       = module.data.results_bucket
}

output "sqs_queue_url" {
  description = "URL of the queue that carries the commands."
  value       = module.queue.url
}

output "sqs_queue_arn" {
  description = "ARN of the queue that carries the commands."
  value       = module.queue.arn
}

output "sqs_dlq_url" {
  description = "URL of the dead-letter queue."
  value       = module.queue.dlq_url
}

output "sqs_dlq_arn" {
  description = "ARN of the dead-letter queue."
  value       = module.queue.dlq_arn
}

output "worker_function_name" {
  description = "Name of the function that runs commands."
  value       = module.worker.name
}

output "worker_live_version" {
  description = "Version of the worker that takes messages; `worker_version` pins it."
  value       = module.worker.live_version
}

output "worker_newest_version" {
  description = "Version of the worker that was published last."
  value       = module.worker.newest_version
}

output "status_function_name" {
  description = "Name of the function that answers what became of a command."
  value       = module.api.functions.status.name
}

output "cancel_function_name" {
  description = "Name of the function that takes commands back."
  value       = module.api.functions.cancel.name
}

output "submit_function_name" {
  description = "Name of the function that checks commands; null where none does."
  value       = try(module.api.functions.submit.name, null)
}

output "outbox_relay_function_name" {
  description = "Name of the function that queues what a submission left behind; null without one."
  value       = try(module.api.functions.outbox_relay.name, null)
}

output "secret_arns" {
  description = "ARNs of the secrets by purpose."
  value       = module.secrets.arns
}

output "secret_names" {
  description = "Names of the secrets by purpose, for `python -m scripts.secrets`."
  value       = module.secrets.names
}

output "alarm_names" {
  description = "Names of the alarms by their section of docs/runbook.md."
  value       = module.monitoring.alarm_names
}

output "alarm_topic_arn" {
  description = "ARN of the topic where all alarms ring."
  value       = module.monitoring.topic_arn
}

output "dashboard_name" {
  description = "Name of the dashboard that shows a command's way on one page."
  value       = module.monitoring.dashboard_name
}

output "package_sha256" {
  description = "SHA-256 of the Lambda zip that is deployed, as the next environment wants it."
  value       = module.package.sha256
}
