# Resources, grants and environment variables of the example handlers.

locals {
  count  = var.settings.enabled ? 1 : 0
  emails = var.settings.enabled && var.settings.email.sender != "" ? 1 : 0
  tasks  = var.settings.enabled && var.settings.task.image != "" ? 1 : 0

  policies = merge(
    var.settings.enabled ? {
      list    = var.data.policies.list
      orders  = module.orders[0].policies.write
      reports = module.reports[0].policies.write
    } : {},
    local.emails == 1 ? { email = module.email_sender[0].policies.send } : {},
    local.tasks == 1 ? { run_task = module.container_task[0].policies.run } : {},
  )

  # An empty value is as good as none.
  environment = merge(local.demo, local.task, var.settings.enabled ? {
    ORDERS_TABLE           = module.orders[0].name
    REPORTS_BUCKET         = module.reports[0].name
    INDEX_NAME             = var.data.index_name == null ? "" : var.data.index_name
    EMAIL_SENDER           = var.settings.email.sender
    WEBHOOK_ALLOWED_HOSTS  = join(",", var.settings.webhooks.allowed_hosts)
    WEBHOOK_ALLOWED_PORTS  = join(",", var.settings.webhooks.allowed_ports)
    WEBHOOK_ALLOW_HTTP     = tostring(var.settings.webhooks.allow_http)
    WEBHOOK_ALLOW_LOOPBACK = tostring(var.settings.webhooks.allow_loopback)
    WEBHOOK_SECRET         = var.settings.webhooks.secret
  } : {})

  # What forecast_demand starts, and where that reports.
  task = merge(
    var.settings.task.process || local.tasks == 1 ? { TASK_ENDPOINT = var.outcomes } : {},
    var.settings.task.process ? { TASK_SOURCE = abspath("${path.module}/../../src") } : {},
    local.tasks == 1 ? module.container_task[0].environment : {},
  )

  # The handler demo asks for it; it needs no more than that.
  demo = { DEMO_HANDLERS = tostring(var.settings.demo) }
}

# Orders that process_order stores.
module "orders" {
  source = "../orders"
  count  = local.count

  name                   = var.names.orders
  point_in_time_recovery = var.point_in_time_recovery
  deletion_protection    = var.keep_data
  kms_key                = var.runtime.kms_key
}

# Reports that generate_report writes.
module "reports" {
  source = "../results"
  count  = local.count

  name           = var.names.reports
  retention_days = var.data.retention_days
  force_destroy  = !var.keep_data
  kms_key        = var.runtime.kms_key
}

# Sender of send_email.
module "email_sender" {
  source = "../email_sender"
  count  = local.emails

  sender   = var.settings.email.sender
  identity = var.settings.email.identity
  create   = var.settings.email.create
}

# Container of forecast_demand.
module "container_task" {
  source = "../container_task"
  count  = local.tasks

  name      = var.names.task
  image     = var.settings.task.image
  cluster   = var.settings.task.cluster
  vpc       = var.settings.task.vpc
  public_ip = var.settings.task.public_ip
  cpu       = var.settings.task.cpu
  memory_mb = var.settings.task.memory_mb
  runtime   = var.runtime
}
