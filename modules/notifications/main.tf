# Tells what becomes of commands, off the table's stream: the notifier and those whom it tells.

locals {
  # What is told, by whether it is turned on.
  listeners = {
    events   = var.settings.events != null
    push     = var.settings.push != null
    webhooks = var.settings.webhooks != null
  }
  listens = anytrue(values(local.listeners))

  # Every change of a status, or only those that end a command.
  told_statuses = concat(
    local.listeners.push ? ["PENDING", "PROCESSING", "CANCELLING"] : [],
    ["COMPLETED", "FAILED", "CANCELLED"],
  )
}

# Reads the stream of the table of commands.
module "notifier" {
  source = "../function"
  count  = local.listens ? 1 : 0

  name            = var.names.notifier
  description     = "Tells what becomes of commands"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.notifier.handler"
  timeout_seconds = 60

  environment = merge(
    {
      TTL_ATTRIBUTE     = var.data.ttl_attribute
      FAILURE_QUEUE_URL = aws_sqs_queue.failures[0].url
      PATIENCE_SECONDS  = local.patience_seconds
    },
    one(values(local.event_environment)), local.push_environment, local.webhook_environment,
  )

  policies = merge(
    var.policies.notifier, local.event_policies, local.push_policies, local.webhook_policies,
    { give_up = local.policies.give_up },
  )
}

resource "aws_lambda_event_source_mapping" "stream" {
  count = local.listens ? 1 : 0

  event_source_arn = var.data.stream_arn
  function_name    = module.notifier[0].arn
  # What is written while a mapping is being made would be missed at LATEST.
  starting_position      = "TRIM_HORIZON"
  batch_size             = 100
  parallelization_factor = 4

  # Changes of one command stay in order, whatever runs in parallel or is retried.
  function_response_types        = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = -1
  # Half an hour after the notifier itself, which names the command that it gives up.
  maximum_record_age_in_seconds      = local.patience_seconds + 1800
  maximum_batching_window_in_seconds = 0

  filter_criteria {
    filter {
      pattern = jsonencode({
        eventName = ["INSERT", "MODIFY"]
        dynamodb  = { NewImage = { status = { S = local.told_statuses } } }
      })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failures[0].arn
    }
  }

  # Lambda refuses a mapping while the role may not read the stream.
  depends_on = [module.notifier]
}

locals {
  # A listener may be away for so long; the stream itself keeps a change for a day.
  patience_seconds = 6 * 3600
}

# Changes that were never told, and batches that Lambda gave up.
resource "aws_sqs_queue" "failures" {
  count = local.listens ? 1 : 0

  name                      = var.names.notifier_failures
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = var.runtime.kms_key == null ? true : null
  kms_master_key_id         = one(var.runtime.kms_key[*].arn)

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = local.failures_arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  arn_prefix = {
    for service in ["events", "sns", "sqs"] : service => join(":", [
      "arn", data.aws_partition.current.partition, service, data.aws_region.current.id,
      data.aws_caller_identity.current.account_id,
    ])
  }
  failures_arn = "${local.arn_prefix.sqs}:${var.names.notifier_failures}"

  key_use = { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"] }

  policies = {
    give_up = jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = local.failures_arn }],
        [for key in var.runtime.kms_key[*] : merge(local.key_use, { Resource = key.arn })],
      )
    })
  }
}
