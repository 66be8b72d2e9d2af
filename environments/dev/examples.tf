# What the example handlers need. Without them, delete this file, its variables in
# variables_examples.tf, and the two locals' uses in main.tf.

locals {
  example_policies = {
    list    = module.data.policies.list
    orders  = module.orders.policies.write
    reports = module.reports.policies.write
    email   = one(module.email_sender[*].policies.send)
  }

  # An empty value is as good as none.
  example_environment = {
    DEMO_HANDLERS          = var.demo_handlers
    ORDERS_TABLE           = module.orders.name
    REPORTS_BUCKET         = module.reports.name
    INDEX_NAME             = module.data.index_name == null ? "" : module.data.index_name
    EMAIL_SENDER           = var.email == null ? "" : var.email.sender
    WEBHOOK_ALLOWED_HOSTS  = join(",", var.webhooks.allowed_hosts)
    WEBHOOK_ALLOWED_PORTS  = join(",", var.webhooks.allowed_ports)
    WEBHOOK_ALLOW_HTTP     = var.webhooks.allow_http
    WEBHOOK_ALLOW_LOOPBACK = var.webhooks.allow_loopback
    WEBHOOK_SECRET         = var.webhooks.secret == null ? "" : var.webhooks.secret
  }
}

# What process_order stores.
module "orders" {
  source = "../../modules/orders"

  name                   = module.naming.orders
  point_in_time_recovery = var.enable_dynamodb_pitr
  deletion_protection    = var.environment == "prod"
}

# What generate_report writes.
module "reports" {
  source = "../../modules/results"

  name           = module.naming.reports
  retention_days = var.command_retention_days
  force_destroy  = var.environment != "prod"
}

# Whom send_email sends from.
module "email_sender" {
  source = "../../modules/email_sender"
  count  = var.email == null ? 0 : 1

  sender   = var.email.sender
  identity = var.email.identity
}
