locals {
  environment = merge(
    {
      TABLE_NAME              = var.data.name
      TTL_ATTRIBUTE           = var.data.ttl_attribute
      RETENTION_DAYS          = var.data.retention_days
      QUEUE_URL               = var.queue.url
      QUEUE_RETENTION_SECONDS = var.queue.retention_seconds
      DLQ_URL                 = var.queue.dlq_url
      SECRET_PREFIX           = var.secrets.prefix
      DEFAULT_COMMAND_TYPE    = var.default_command_type
      MAX_ATTEMPTS            = var.max_attempts
      BATCH_CONCURRENCY       = var.settings.batch_concurrency
      PAUSED_TYPES            = join(",", var.settings.paused_types)
      METRICS_NAMESPACE       = var.runtime.metrics_namespace
      LOG_EXCEPTION_TEXT      = var.log_exception_text
    },
    length(var.queues) == 0 ? {} : {
      QUEUE_NAME = var.queue_name, QUEUES = jsonencode(var.queues)
    },
    # Without a bucket a result has to fit into its record.
    var.data.results_bucket == null ? {} : { RESULTS_BUCKET = var.data.results_bucket },
  )
}

module "function" {
  source = "../function"

  name            = var.name
  description     = var.description
  runtime         = var.runtime
  handler         = var.handler
  memory_mb       = var.memory_mb
  timeout_seconds = var.queue.consumer.timeout_seconds
  environment     = merge(var.environment, local.environment)
  policies        = var.policies
  layers          = var.layers
  publish         = true

  reserved_concurrency = var.settings.reserved_concurrency
}

# Version that receives messages. A rollback moves this pointer and nothing else: Lambda has kept
# the code, the variables and the sizes of every version.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "Version that receives messages"
  function_name    = module.function.name
  function_version = coalesce(var.live_version, module.function.version)

  lifecycle {
    precondition {
      condition = try(
        tonumber(var.live_version) <= tonumber(module.function.version), var.live_version == null,
      )
      error_message = "Unpublished version; use for example \"${module.function.version}\"."
    }
  }
}

# A warning: to deploy while another version takes the messages is a way to prepare a release.
check "newest_version_is_live" {
  assert {
    condition     = var.live_version == null
    error_message = <<-EOT
      Version ${jsonencode(var.live_version)} is pinned for ${var.name}: what this apply publishes
      of it takes no messages until the pin is removed.
    EOT
  }
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = var.queue.arn
  function_name                      = aws_lambda_alias.live.arn
  enabled                            = var.settings.enabled
  batch_size                         = var.queue.consumer.batch_size
  maximum_batching_window_in_seconds = var.queue.consumer.batching_window_seconds

  # Without it Lambda takes a returned list of failures for a success and deletes them all.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.queue.consumer.max_concurrency
  }

  # Lambda refuses a mapping while the role may not consume the queue.
  depends_on = [module.function]
}
