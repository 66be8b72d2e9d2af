# The functions. What each may do comes from the environment, by `policies`.

locals {
  # An HTTP API itself sees to origins and tokens; behind a REST API the functions do.
  access = {
    CORS_ALLOW_ORIGINS = local.rest ? join(" ", var.cors_allow_origins) : ""
    AUTHENTICATED      = var.settings.authentication.mode == "jwt"
    ADMIN_SCOPE        = try(coalesce(var.settings.authentication.scopes.admin), "")
  }

  table = {
    TABLE_NAME    = var.data.name
    TTL_ATTRIBUTE = var.data.ttl_attribute
  }

  queue = merge(
    {
      QUEUE_URL               = var.queue.url
      QUEUE_RETENTION_SECONDS = var.queue.retention_seconds
      FAIR_QUEUE              = var.settings.fair_queue
    },
    length(var.queues) == 0 ? {} : { QUEUES = jsonencode(var.queues) },
  )

  # Of each function that turns what clients send into commands.
  submission = merge(
    { ROUTES = local.routes, DEFAULT_COMMAND_TYPE = var.default_command_type },
    var.callbacks.rules, var.queue.schedules,
  )

  # Type of command by path.
  routes = jsonencode({ for route_key, route in var.routes : route_key => route.type })

  powertools = {
    for function in [
      "status", "cancel", "outcome", "submit", "outbox_relay", "openapi",
      ] : function => {
      POWERTOOLS_SERVICE_NAME = var.names[function]
      POWERTOOLS_LOG_LEVEL    = var.runtime.log_level
    }
  }
}

# Answers for commands, for as long as a client may wait, and signs URLs for large results.
module "status" {
  source = "../function"

  name            = var.names.status
  description     = "Returns the status of a command"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.status.handler"
  timeout_seconds = max(10, var.settings.max_wait_seconds + 4)
  policies        = lookup(var.policies, "status", {})

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "status", null)

  environment = merge(
    local.access, local.table, local.powertools.status,
    {
      MAX_WAIT_SECONDS   = var.settings.max_wait_seconds
      RESULT_URL_SECONDS = var.settings.result_url_seconds
      METRICS_NAMESPACE  = var.runtime.metrics_namespace
    },
    var.data.results_bucket == null ? {} : { RESULTS_BUCKET = var.data.results_bucket },
    var.callbacks.deliveries == null ? {} : { DELIVERIES_TABLE = var.callbacks.deliveries },
  )
}

# Takes commands back.
module "cancel" {
  source = "../function"

  name            = var.names.cancel
  description     = "Cancels waiting commands"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.cancel.handler"
  timeout_seconds = 10
  policies        = lookup(var.policies, "cancel", {})

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "cancel", null)

  environment = merge(
    local.access, local.table, local.powertools.cancel,
    { RETENTION_DAYS = var.data.retention_days }, var.queue.schedules,
  )
}

# Takes reports on commands that were handed over, from whoever has the token.
module "outcome" {
  source = "../function"
  count  = var.settings.outcomes ? 1 : 0

  name            = var.names.outcome
  description     = "Takes reports on commands that were handed over"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.outcome.handler"
  timeout_seconds = 10
  policies        = lookup(var.policies, "outcome", {})

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "outcome", null)

  environment = merge(
    local.table, local.powertools.outcome,
    {
      CORS_ALLOW_ORIGINS = local.access.CORS_ALLOW_ORIGINS
      RETENTION_DAYS     = var.data.retention_days
      METRICS_NAMESPACE  = var.runtime.metrics_namespace
    },
    var.data.results_bucket == null ? {} : { RESULTS_BUCKET = var.data.results_bucket },
  )
}

# Serves the OpenAPI document to its clients.
module "openapi" {
  source = "../function"

  name            = var.names.openapi
  description     = "Serves the OpenAPI document"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.openapi.handler"
  timeout_seconds = 10
  policies        = lookup(var.policies, "openapi", {})

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "openapi", null)

  environment = merge(local.access, local.powertools.openapi, {
    DEFAULT_COMMAND_TYPE = var.default_command_type
    FIFO_QUEUE           = var.queue.fifo
    CALLBACKS            = lookup(var.callbacks.rules, "WEBHOOK_ALLOWED_HOSTS", "") != ""
    API_TITLE            = var.names.api
    API_MODE             = local.rest ? "rest" : var.settings.submission
    ROUTES               = local.routes
    AUTHENTICATION       = jsonencode(var.settings.authentication)
    OUTCOMES             = var.settings.outcomes
    },
    length(var.priorities) == 0 ? {} : { PRIORITIES = join(" ", keys(var.priorities)) },
    local.batches.described,
    var.settings.schedules ? { SCHEDULES = "true" } : {},
  )
}

# Checks commands, stores them and sends them to the queue.
module "submit" {
  source = "../function"
  count  = local.validates ? 1 : 0

  name            = var.names.submit
  description     = "Validates, stores and queues commands"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.submit.handler"
  timeout_seconds = 15
  policies = merge(
    lookup(var.policies, "submit", {}),
    local.batches.submit,
  )

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "submit", null)

  environment = merge(
    local.access, local.table, local.queue, local.powertools.submit, local.submission,
    local.batches.environment,
  )
}

# Outbox relay: sends commands that were stored but never sent, if their client never comes back.
module "outbox_relay" {
  source = "../function"
  count  = local.validates ? 1 : 0

  name            = var.names.outbox_relay
  description     = "Outbox relay: queues stored commands that were not sent"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.outbox_relay.handler"
  timeout_seconds = 60
  policies        = lookup(var.policies, "outbox_relay", {})

  reserved_concurrency = lookup(var.settings.reserved_concurrency, "outbox_relay", null)

  environment = merge(local.table, local.queue, local.powertools.outbox_relay)
}

# Where the table has a stream, what a producer has stored in a transaction of its own is sent at
# once. What the submit function stores it sends itself, and it has no such mark. A stream has two
# readers at most, and where batches are counted the notifier may be the other one:
# https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
resource "aws_lambda_event_source_mapping" "stored" {
  count = local.validates && var.data.stream && !var.settings.batches ? 1 : 0

  event_source_arn  = var.data.stream_arn
  function_name     = module.outbox_relay[0].arn
  starting_position = "TRIM_HORIZON"
  batch_size        = 100

  # The schedule finds what was not sent, and older.
  maximum_retry_attempts        = 2
  maximum_record_age_in_seconds = 600

  filter_criteria {
    filter {
      pattern = jsonencode({
        eventName = ["INSERT"]
        dynamodb  = { NewImage = { outboxNow = { S = ["true"] } } }
      })
    }
  }

  # Lambda refuses a mapping while the role may not read the stream.
  depends_on = [module.outbox_relay]
}

module "outbox_relay_schedule" {
  source = "../schedule"
  count  = local.validates ? 1 : 0

  name          = var.names.outbox_relay
  function      = module.outbox_relay[0]
  every_minutes = 5
}
