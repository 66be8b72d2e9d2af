output "prefix" {
  description = "Prefix of every name: `<project>-<environment>`."
  value       = local.this
}

output "environment" {
  description = "Name of the environment."
  value       = var.environment
}

output "development" {
  description = "True for `dev` and declared names that end in it, like `eu-dev`."
  value       = var.environment == "dev" || endswith(var.environment, "-dev")
}

output "production" {
  description = "True for `prod` and declared names that end in it, like `eu-prod`."
  value       = var.environment == "prod" || endswith(var.environment, "-prod")
}

output "table" {
  description = "Name of the DynamoDB table of commands."
  value       = coalesce(var.table_name, "${local.this}-commands")
}

output "queue" {
  description = "Name of the queue."
  value       = "${local.this}-work-queue"
}

output "dlq" {
  description = "Name of the dead-letter queue."
  value       = "${local.this}-work-dlq"
}

output "worker" {
  description = "Name of the worker function."
  value       = "${local.this}-worker"
}

output "status" {
  description = "Name of the status function."
  value       = "${local.this}-status"
}

output "cancel" {
  description = "Name of the cancel function."
  value       = "${local.this}-cancel"
}

output "outcome" {
  description = "Name of the outcome function."
  value       = "${local.this}-outcome"
}

output "submit" {
  description = "Name of the submit function."
  value       = "${local.this}-submit"
}

output "outbox_relay" {
  description = "Name of the outbox relay and of its schedule."
  value       = "${local.this}-outbox-relay"
}

output "openapi" {
  description = "Name of the openapi function."
  value       = "${local.this}-openapi"
}

output "batches" {
  description = "Name of the table of batches, and of the function that shows them."
  value       = "${local.this}-batches"
}

output "schedules" {
  description = "Name of the function that makes and shows the schedules of clients."
  value       = "${local.this}-schedules"
}

output "batch_counter" {
  description = "Name of the batch counter."
  value       = "${local.this}-batch-counter"
}

output "batch_failures" {
  description = "Name of the queue for what the batch counter could not count."
  value       = "${local.this}-batch-failures"
}

output "batch_files" {
  description = "Name of the bucket for uploaded batches, up to the account's id at its end."
  value       = "${local.this}-batch-files"
}

output "batch_transfer" {
  description = "Name of the batch transfer function, and of its queue."
  value       = "${local.this}-batch-transfer"
}

output "batch_transfer_dlq" {
  description = "Name of the queue for batches whose transfer failed all its tries."
  value       = "${local.this}-batch-transfer-dlq"
}

output "hello" {
  description = "Name of the hello function."
  value       = "${local.this}-hello"
}

output "api" {
  description = "Name of the HTTP API."
  value       = "${local.this}-api"
}

output "rest_api" {
  description = "Name of the REST API; it differs, so that either API can replace the other."
  value       = "${local.this}-rest-api"
}

output "results" {
  description = "Name of the bucket for large results, up to the account's id at its end."
  value       = "${local.this}-results"
}

output "site" {
  description = "Name of a web page's bucket, up to the account's id, and of what serves it."
  value       = "${local.this}-site"
}

output "orders" {
  description = "Name of the DynamoDB table that the example process_order writes to."
  value       = "${local.this}-orders"
}

output "reports" {
  description = "Name of the bucket for reports, up to the account's id at its end."
  value       = "${local.this}-reports"
}

output "task" {
  description = "Name of the task definition that the example forecast_demand runs."
  value       = "${local.this}-task"
}

output "secret_prefix" {
  description = "Prefix of every secret's name: `/<environment>/<project>/`."
  value       = "/${var.environment}/${var.project}/"
}
