provider "aws" {
  default_tags { tags = { Project = "integration" } }
}

module "queue" {
  source   = "../../../../modules/queue"
  name     = "integration-monitoring-queue"
  dlq_name = "integration-monitoring-dlq"
  consumer = { timeout_seconds = 5, batch_size = 10, max_concurrency = 2 }
}

module "data" {
  source = "../../../../modules/data"
  name   = "integration-monitoring-commands"
}

module "worker" {
  source  = "../../../../modules/worker"
  name    = "integration-monitoring-worker"
  runtime = { package_path = "../../../../build/lambda.zip" }
  queue   = module.queue
  data    = module.data.store
  secrets = { prefix = "/dev/integration/" }
  policies = {
    consume     = module.queue.policies.consume
    dead_letter = module.queue.policies.dead_letter
    commands    = module.data.policies.write
  }
}

module "monitoring" {
  source            = "../../../../modules/monitoring"
  name              = "integration-monitoring"
  queue             = module.queue
  worker            = module.worker
  table_name        = module.data.name
  metrics_namespace = "integration"
  subscriptions     = { emails = ["ops@example.com"] }
  api = {
    type = "http", id = "a1b2c3", name = "integration-api", status_function = "integration-status"
  }
}

output "alarm_names" { value = module.monitoring.alarm_names }
output "alarm_topic_arn" { value = module.monitoring.topic_arn }
output "dashboard_name" { value = module.monitoring.dashboard_name }
output "sqs_dlq_url" { value = module.queue.dlq_url }
output "worker_function_name" { value = module.worker.name }
