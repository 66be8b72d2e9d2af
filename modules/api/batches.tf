# Commands that belong together: what counts them, and the function that shows and cancels them.

locals {
  # Of each function that submits batches or shows them: the table's name and retention, and grants.
  batches = {
    environment = merge(module.batches[*].environment...)
    described = merge(
      var.settings.batches ? { BATCHES = "true" } : {},
      var.settings.uploads ? { UPLOADS = "true" } : {},
    )
    submit = { for batches in module.batches : "batches" => batches.policies.submit }
    manage = { for batches in module.batches : "batches" => batches.policies.manage }
  }

  batch_functions = {
    batches        = one(module.batches_function)
    batch_counter  = one(module.batches[*].counter)
    batch_transfer = one(module.batches[*].transfer)
  }
  batch_functions_made = concat(
    module.batches_function, module.batches[*].counter,
    [for batches in module.batches : batches.transfer if batches.transfer != null],
  )
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

# Shows batches, and takes back what has not started of them.
module "batches_function" {
  source = "../function"
  count  = var.settings.batches ? 1 : 0

  name            = var.names.batches
  description     = "Shows and cancels batches"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.batches.handler"
  timeout_seconds = 29
  policies        = merge(lookup(var.policies, "cancel", {}), local.batches.manage)

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "batches", null)

  environment = merge(
    local.access, local.table, local.powertools.cancel, local.batches.environment,
    { POWERTOOLS_SERVICE_NAME = var.names.batches },
    var.queue.schedules,
    var.settings.uploads ? { RESULT_URL_SECONDS = var.settings.result_url_seconds } : {},
  )
}
