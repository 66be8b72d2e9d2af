output "api_endpoint" {
  description = "URL of the API."
  value       = module.api.endpoint
}
output "commands_endpoint" {
  description = "URL for submitting commands."
  value       = module.api.commands_endpoint
}
output "dynamodb_table_name" {
  description = "Name of the table of commands."
  value       = module.data.name
}
output "dynamodb_ttl_attribute" {
  description = "Time-to-live attribute of the table, in epoch seconds."
  value       = module.data.ttl_attribute
}
output "command_index_name" {
  description = "Name of the index for `scripts.commands list`; null unless enabled."
  value       = module.data.index_name
}
output "results_bucket_name" {
  description = "Name of the bucket for large results."
  value       = module.data.results_bucket
}
output "sqs_queue_url" {
  description = "URL of the queue."
  value       = module.queue.url
}
output "sqs_queue_arn" {
  description = "ARN of the queue."
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
  description = "Name of the worker function."
  value       = module.worker.name
}
output "queues" {
  description = "The other queues by name, with what the outputs above say of the default one."
  value       = module.queues.outputs
}
output "worker_live_version" {
  description = "Live version of the worker; `worker_version` pins it."
  value       = module.worker.live_version
}
output "worker_newest_version" {
  description = "Newest published version of the worker."
  value       = module.worker.newest_version
}
output "functions" {
  description = "`name`, `arn` and `role_arn` of each function, by what it does."
  value = {
    for function, it in merge(module.api.functions, module.notifications.functions,
      module.queues.functions, { worker = module.worker }
    ) : function => { name = it.name, arn = it.arn, role_arn = it.role_arn } if it != null
  }
}
output "notifications" {
  description = "Where to hear of commands; null where off."
  value       = module.notifications.addresses
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
  description = "ARN of the SNS topic for all alarms."
  value       = module.monitoring.topic_arn
}
output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.monitoring.dashboard_name
}
output "package_sha256" {
  description = "SHA-256 of the deployed package, for the next environment's `package_sha256`."
  value       = module.package.sha256
}
