# Recurring schedules of clients, and the function that makes and shows them. No function runs for a
# firing: see modules/queue/recurring.tf.

module "schedules" {
  source = "../function"
  count  = var.settings.schedules ? 1 : 0

  name            = var.names.schedules
  description     = "Makes and shows recurring schedules"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.schedules.handler"
  timeout_seconds = 29
  policies        = lookup(var.policies, "schedules", {})

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "schedules", null)

  environment = merge(local.access, local.powertools.status, var.queue.recurring, {
    POWERTOOLS_SERVICE_NAME = var.names.schedules
    DEFAULT_COMMAND_TYPE    = var.default_command_type
    FAIR_QUEUE              = var.settings.fair_queue
    SCHEDULES_PER_OWNER     = var.settings.schedules_per_owner
  })
}
