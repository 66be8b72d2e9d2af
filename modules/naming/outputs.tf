output "prefix" {
  description = "What every name begins with: `<project>-<environment>`."
  value       = local.this
}

output "environment" {
  description = "Which deployment this is, as it was given."
  value       = var.environment
}

output "table" {
  description = "Name of the DynamoDB table that holds the commands."
  value       = "${local.this}-commands"
}

output "queue" {
  description = "Name of the queue that carries the commands."
  value       = "${local.this}-work-queue"
}

output "dlq" {
  description = "Name of the dead-letter queue."
  value       = "${local.this}-work-dlq"
}

output "worker" {
  description = "Name of the function that runs the commands."
  value       = "${local.this}-worker"
}

output "status" {
  description = "Name of the function that answers what became of a command."
  value       = "${local.this}-status"
}

output "cancel" {
  description = "Name of the function that takes commands back."
  value       = "${local.this}-cancel"
}

output "submit" {
  description = "Name of the function that checks commands before they are queued."
  value       = "${local.this}-submit"
}

output "outbox_relay" {
  description = "Name of the function that queues what a submission left behind, and of its rule."
  value       = "${local.this}-outbox-relay"
}

output "openapi" {
  description = "Name of the function that describes the API."
  value       = "${local.this}-openapi"
}

output "hello" {
  description = "Name of the function that says which code runs here."
  value       = "${local.this}-hello"
}

output "api" {
  description = "Name of the HTTP API."
  value       = "${local.this}-api"
}

output "rest_api" {
  description = "Name of the REST API; another one, so that either can take the other's place."
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

output "secret_prefix" {
  description = "What the name of every secret begins with: `/<environment>/<project>/`."
  value       = "/${var.environment}/${var.project}/"
}
