provider "aws" {
  default_tags {
    tags = { Project = "integration" }
  }
}

locals {
  consumer = { timeout_seconds = 5, batch_size = 10, max_concurrency = 2 }
}

module "queue" {
  source = "../../../../modules/queue"

  name     = "integration-monitoring-queue"
  dlq_name = "integration-monitoring-dlq"
  consumer = local.consumer
}

module "data" {
  source = "../../../../modules/data"

  name = "integration-monitoring-commands"
}

module "worker" {
  source = "../../../../modules/worker"

  name         = "integration-monitoring-worker"
  package_path = "../../../../build/lambda.zip"
  queue        = module.queue
  consumer     = local.consumer

  policies = {
    consume     = module.queue.policies.consume
    dead_letter = module.queue.policies.dead_letter
    commands    = module.data.policies.write
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
    RETENTION_DAYS          = 1
    SECRET_PREFIX           = "/dev/integration/"
    RESULTS_BUCKET          = "none"
  }
}

module "monitoring" {
  source = "../../../../modules/monitoring"

  name              = "integration-monitoring"
  queue             = module.queue
  worker            = module.worker
  status            = { name = "integration-status" }
  consumer          = local.consumer
  api               = { type = "http", id = "a1b2c3", name = "integration-api" }
  table_name        = module.data.name
  metrics_namespace = "integration"
  subscriptions     = { emails = ["ops@example.com"] }
}

output "alarm_names" {
  value = module.monitoring.alarm_names
}

output "alarm_topic_arn" {
  value = module.monitoring.topic_arn
}

output "dashboard_name" {
  value = module.monitoring.dashboard_name
}

output "sqs_dlq_url" {
  value = module.queue.dlq_url
}

output "worker_function_name" {
  value = module.worker.name
}
