provider "aws" {}

locals {
  # Two batches side by side at the least, and a short timeout: what fails comes back soon.
  consumer = { timeout_seconds = 5, batch_size = 10, max_concurrency = 2 }
}

module "queue" {
  source = "../../../../modules/queue"

  name     = "integration-fifo-queue"
  dlq_name = "integration-fifo-dlq"
  fifo     = true
  consumer = local.consumer
}

module "data" {
  source = "../../../../modules/data"

  name = "integration-fifo-commands"
}

module "results" {
  source = "../../../../modules/results"

  name           = "integration-fifo-results"
  retention_days = 1
  force_destroy  = true
}

module "worker" {
  source = "../../../../modules/worker"

  name         = "integration-fifo-worker"
  package_path = "../../../../build/lambda.zip"
  queue        = module.queue
  consumer     = local.consumer

  policies = {
    consume     = module.queue.policies.consume
    dead_letter = module.queue.policies.dead_letter
    commands    = module.data.policies.write
    results     = module.results.policies.write
  }

  environment = {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    QUEUE_URL               = module.queue.url
    QUEUE_RETENTION_SECONDS = module.queue.retention_seconds
    DLQ_URL                 = module.queue.dlq_url
    MAX_ATTEMPTS            = 3
    BATCH_CONCURRENCY       = 10
    DEFAULT_COMMAND_TYPE    = "echo"
    DEMO_HANDLERS           = true
    RETENTION_DAYS          = 1
    SECRET_PREFIX           = "/dev/integration/"
    RESULTS_BUCKET          = module.results.name
  }
}

# The API wants functions for routes that no test here calls: one stands in for all.
module "status" {
  source = "../../../../modules/function"

  name         = "integration-fifo-status"
  description  = "Answers what became of a command"
  package_path = "../../../../build/lambda.zip"
  handler      = "command_api.entrypoints.status.handler"
  policies     = { commands = module.data.policies.read }

  environment = {
    TABLE_NAME    = module.data.name
    TTL_ATTRIBUTE = module.data.ttl_attribute
  }
}

module "api" {
  source = "../../../../modules/api"

  name             = "integration-fifo-api"
  queue            = module.queue
  status_function  = module.status
  cancel_function  = module.status
  openapi_function = module.status
}

output "commands_endpoint" {
  value = module.api.commands_endpoint
}

output "table" {
  value = module.data.name
}

output "worker_role" {
  value = module.worker.role_name
}

output "worker_log_group" {
  value = module.worker.log_group_name
}

output "queue_url" {
  value = module.queue.url
}

output "dlq_url" {
  value = module.queue.dlq_url
}
