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
    var.queue.schedules,
    var.callbacks.rules,
  )

  # Type of command by path.
  routes = jsonencode({ for route_key, route in var.routes : route_key => route.type })

  results = { for bucket in var.data.results_bucket[*] : "RESULTS_BUCKET" => bucket }

  # By entrypoint.
  functions = {
    # Answers for commands, for as long as a client may wait, and signs URLs for large results.
    status = {
      description     = "Returns the status of a command"
      timeout_seconds = max(10, var.settings.max_wait_seconds + 4)
      environment = merge(local.access, local.table, local.results, local.deliveries, {
        MAX_WAIT_SECONDS   = var.settings.max_wait_seconds
        RESULT_URL_SECONDS = var.settings.result_url_seconds
        METRICS_NAMESPACE  = var.runtime.metrics_namespace
      })
    }

    # Takes commands back.
    cancel = {
      description     = "Cancels waiting commands"
      timeout_seconds = 10
      environment = merge(
        local.access, local.table, var.queue.schedules,
        { RETENTION_DAYS = var.data.retention_days },
      )
    }

    # Serves the OpenAPI document to its clients.
    openapi = {
      description     = "Serves the OpenAPI document"
      timeout_seconds = 10
      environment = merge(local.access, {
        DEFAULT_COMMAND_TYPE = var.default_command_type
        FIFO_QUEUE           = var.queue.fifo
        API_TITLE            = var.names.api
        API_MODE             = local.rest ? "rest" : var.settings.submission
        ROUTES               = local.routes
        AUTHENTICATION       = jsonencode(var.settings.authentication)
        OUTCOMES             = var.settings.outcomes
        },
        local.takes_callbacks,
        length(var.priorities) == 0 ? {} : { PRIORITIES = join(" ", keys(var.priorities)) },
        local.batches.described,
        var.settings.schedules ? { SCHEDULES = "true" } : {},
      )
    }

    # Takes reports on commands that were handed over, from whoever has the token.
    outcome = {
      exists          = var.settings.outcomes
      description     = "Takes reports on commands that were handed over"
      timeout_seconds = 10
      environment = merge(local.table, local.results, {
        CORS_ALLOW_ORIGINS = local.access.CORS_ALLOW_ORIGINS
        RETENTION_DAYS     = var.data.retention_days
        METRICS_NAMESPACE  = var.runtime.metrics_namespace
      })
    }

    # Checks commands, stores them and sends them to the queue.
    submit = {
      exists          = local.validates
      description     = "Validates, stores and queues commands"
      timeout_seconds = 15
      policies        = local.batches.submit
      environment = merge(
        local.access, local.table, local.queue, local.submission, var.queue.reserves,
        local.batches.environment,
      )
    }

    # Outbox relay: sends commands that were stored but never sent, where no client comes back.
    outbox_relay = {
      exists          = local.validates
      description     = "Outbox relay: queues stored commands that were not sent"
      timeout_seconds = 60
      environment     = merge(local.table, local.queue)
    }

    # Shows batches, and takes back what has not started of them.
    batches = {
      exists          = var.settings.batches
      description     = "Shows and cancels batches"
      timeout_seconds = 29
      policies        = merge(lookup(var.policies, "cancel", {}), local.batches.manage)
      environment = merge(
        local.access, local.table, local.batches.environment, var.queue.schedules,
        var.settings.uploads ? { RESULT_URL_SECONDS = var.settings.result_url_seconds } : {},
      )
    }

    # Recurring schedules of clients. No function runs for a firing: see modules/queue/recurring.tf.
    schedules = {
      exists          = var.settings.schedules
      description     = "Makes and shows recurring schedules"
      timeout_seconds = 29
      environment = merge(local.access, var.queue.recurring, {
        DEFAULT_COMMAND_TYPE = var.default_command_type
        FAIR_QUEUE           = var.settings.fair_queue
        SCHEDULES_PER_OWNER  = var.settings.schedules_per_owner
      })
    }
  }
}

module "function" {
  source   = "../function"
  for_each = toset([for name, it in local.functions : name if lookup(it, "exists", true)])

  name            = var.names[each.key]
  description     = local.functions[each.key].description
  runtime         = var.runtime
  handler         = "command_api.entrypoints.${each.key}.handler"
  timeout_seconds = local.functions[each.key].timeout_seconds
  environment     = local.functions[each.key].environment

  policies = merge(
    lookup(var.policies, each.key, {}), lookup(local.functions[each.key], "policies", {}),
  )

  reserved_concurrency = lookup(var.settings.reserved_concurrency, each.key, null)
}

locals {
  # By entrypoint; null where there is none.
  function = { for name in keys(local.functions) : name => lookup(module.function, name, null) }
}

# Where the table has a stream, what a producer has stored in a transaction of its own is sent at
# once. What the submit function stores it sends itself, and it has no such mark. A stream has two
# readers at most, and where batches are counted the notifier may be the other one:
# https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
resource "aws_lambda_event_source_mapping" "stored" {
  count = local.validates && var.data.stream && !var.settings.batches ? 1 : 0

  event_source_arn  = var.data.stream_arn
  function_name     = module.function["outbox_relay"].arn
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
  depends_on = [module.function]
}

module "outbox_relay_schedule" {
  source = "../schedule"
  count  = local.validates ? 1 : 0

  name          = var.names.outbox_relay
  function      = module.function["outbox_relay"]
  every_minutes = 5
}
