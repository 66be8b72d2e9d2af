provider "aws" {}

locals {
  runtime = { package_path = "../../../../build/lambda.zip" }
}

module "naming" {
  source      = "../../../../modules/naming"
  project     = "integration-fifo"
  environment = "test"
}

# Two batches side by side at the least, and a short timeout: what fails comes back soon.
module "queue" {
  source   = "../../../../modules/queue"
  name     = module.naming.queue
  dlq_name = module.naming.dlq
  fifo     = true
  consumer = { timeout_seconds = 5, batch_size = 10, max_concurrency = 2 }
}

module "data" {
  source         = "../../../../modules/data"
  name           = module.naming.table
  retention_days = 1
  results        = { enabled = true, name = module.naming.results, force_destroy = true }
}

module "worker" {
  source      = "../../../../modules/worker"
  name        = module.naming.worker
  runtime     = local.runtime
  queue       = module.queue
  data        = module.data.store
  secrets     = { prefix = module.naming.secret_prefix }
  environment = { DEMO_HANDLERS = true }
  policies = {
    consume     = module.queue.policies.consume
    dead_letter = module.queue.policies.dead_letter
    commands    = module.data.policies.write
    results     = module.data.policies.write_results
  }
}

module "api" {
  source   = "../../../../modules/api"
  names    = module.naming
  runtime  = local.runtime
  queue    = module.queue.address
  data     = module.data.store
  policies = { status = { commands = module.data.policies.read } }
}

output "commands_endpoint" { value = module.api.commands_endpoint }
output "table" { value = module.data.name }
output "worker_role" { value = module.worker.role_name }
output "worker_log_group" { value = module.worker.log_group_name }
output "queue_url" { value = module.queue.url }
output "dlq_url" { value = module.queue.dlq_url }
