# Counts the members of batches off the stream of the table of commands, and sends what follows.

# Reads the stream. A shard's invocations follow one another, and each has counters of its own.
module "counter" {
  source = "../function"

  name            = var.names.batch_counter
  description     = "Counts the commands of batches"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.batch_counter.handler"
  timeout_seconds = 60

  environment = merge(var.environment, local.environment, local.upload_environment, {
    FAILURE_QUEUE_URL = aws_sqs_queue.failures.url
  })

  policies = merge(var.policies, {
    count   = local.policies.count
    give_up = local.policies.give_up
  })
}

resource "aws_lambda_event_source_mapping" "stream" {
  event_source_arn = var.data.stream_arn
  function_name    = module.counter.arn
  # What is written while a mapping is being made would be missed at LATEST.
  starting_position = "TRIM_HORIZON"

  # One write for so many records: counting costs little, and shows within two seconds.
  batch_size                         = 1000
  maximum_batching_window_in_seconds = 1
  # The counters follow one reader of each shard, and a window makes Lambda name the shard:
  # docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
  parallelization_factor     = 1
  tumbling_window_in_seconds = 900

  # A batch is counted whole or not at all, and halved where a record may be the cause.
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = -1
  # The stream keeps a change for no longer.
  maximum_record_age_in_seconds = 86400

  # Members that begin, end or go back in line: what is stored or sent changes no counter.
  filter_criteria {
    filter {
      pattern = jsonencode({
        eventName = ["INSERT", "MODIFY"]
        dynamodb  = { NewImage = merge(local.member, local.counted) }
      })
    }
    filter {
      pattern = jsonencode({
        eventName = ["MODIFY"]
        dynamodb  = { NewImage = local.member, OldImage = local.counted }
      })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failures.arn
    }
  }

  # Lambda refuses a mapping while the role may not read the stream.
  depends_on = [module.counter]
}

locals {
  member = { batch = { S = [{ exists = true }] } }
  counted = {
    status = { S = ["PROCESSING", "CANCELLING", "COMPLETED", "FAILED", "CANCELLED"] }
  }

  environment = { BATCHES_TABLE = var.names.batches, RETENTION_DAYS = var.data.retention_days }
}

# Records that were never counted, and what Lambda gave up.
resource "aws_sqs_queue" "failures" {
  name                      = var.names.batch_failures
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
  queue_arn = join(":", [
    "arn", data.aws_partition.current.partition, "sqs", data.aws_region.current.id,
    data.aws_caller_identity.current.account_id,
  ])
  failures_arn = "${local.queue_arn}:${var.names.batch_failures}"
}
