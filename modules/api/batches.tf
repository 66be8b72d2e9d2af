# Commands that belong together, and what counts them.

locals {
  # Of each function that submits batches or shows them: the table's name and retention, and grants.
  batches = {
    environment = var.settings.batches ? module.batches[0].environment : {}
    described = merge(
      var.settings.batches ? { BATCHES = "true" } : {},
      var.settings.uploads ? { UPLOADS = "true" } : {},
    )
    submit = var.settings.batches ? { batches = module.batches[0].policies.submit } : {}
    manage = var.settings.batches ? { batches = module.batches[0].policies.manage } : {}
  }

  batch_functions = {
    batch_counter  = one(module.batches[*].counter)
    batch_transfer = one(module.batches[*].transfer)
  }
}

module "batches" {
  source = "../batches"
  count  = var.settings.batches ? 1 : 0

  names       = var.names
  runtime     = var.runtime
  data        = var.data
  environment = merge(local.table, local.queue)

  # What follows a batch is stored and sent as the submit function does it.
  policies = merge(
    lookup(var.policies, "submit", {}), lookup(var.policies, "batch_counter", {}),
  )

  # A line becomes a command as a request does, and is taken back as a command is.
  uploads = {
    enabled            = var.settings.uploads
    cors_allow_origins = var.cors_allow_origins
    environment        = local.submission
    policies = merge(
      lookup(var.policies, "cancel", {}), lookup(var.policies, "submit", {}),
      lookup(var.policies, "batch_transfer", {}),
    )
  }
}
