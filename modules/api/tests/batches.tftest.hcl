# Commands that are counted together.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = {
    api           = "acme-dev-api", rest_api = "acme-dev-rest-api", status = "acme-dev-status"
    cancel        = "acme-dev-cancel", submit = "acme-dev-submit", outcome = "acme-dev-outcome"
    outbox_relay  = "acme-dev-outbox-relay"
    openapi       = "acme-dev-openapi", batches = "acme-dev-batches"
    batch_counter = "acme-dev-batch-counter", batch_failures = "acme-dev-batch-failures"
    batch_files   = "acme-dev-batch-files", batch_transfer = "acme-dev-batch-transfer"

    batch_transfer_dlq = "acme-dev-batch-transfer-dlq"
  }
  runtime = {
    package_path = "versions.tf", log_level = "DEBUG", metrics_namespace = "acme"
  }
  queue = {
    arn               = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    url               = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    retention_seconds = 86400
    policies          = { send = "{}" }
  }
  data = {
    name           = "acme-dev-commands"
    ttl_attribute  = "gone_at"
    retention_days = 90
    stream         = true
    stream_arn     = "arn:aws:dynamodb:us-east-1:123456789012:table/acme-dev-commands/stream/1"
  }
  policies = {
    submit        = { send = "{}" }
    cancel        = { commands = "{}" }
    batch_counter = { stream = "{}" }
  }
}

run "counts_batches_only_where_they_are_wanted" {
  command = plan

  variables {
    settings = { submission = "validated", batches = true }
  }

  assert {
    condition = (
      output.counts_batches && output.batches.counter_name == "acme-dev-batch-counter" &&
      output.functions.batches.name == "acme-dev-batches"
    )
    error_message = "a counter, and a function that shows what it counted"
  }

  assert {
    condition = [
      local.function.submit.grants, local.function.batches.grants,
    ] == [toset(["batches", "send"]), toset(["batches", "commands"])]
    error_message = "both know the table of batches"
  }

  assert {
    condition = (
      local.function.submit.environment.BATCHES_TABLE == "acme-dev-batches" &&
      local.function.submit.environment.RETENTION_DAYS == "90"
    )
    error_message = "a batch is kept as long as its members"
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.stored) == 0
    error_message = "the stream has one reader more, the notifier, and no third"
  }
}

run "batches_cost_nothing_where_nobody_wants_them" {
  command = plan

  variables { settings = { submission = "validated" } }

  assert {
    condition = (
      !output.counts_batches && output.batches == null && output.functions.batches == null &&
      length(module.batches) == 0 && !contains(local.function.submit.grants, "batches")
    )
    error_message = "nothing is made, and the table needs no stream"
  }
}

run "takes_uploads_only_where_they_are_wanted" {
  command = plan

  variables {
    settings = { submission = "validated", batches = true, uploads = true }
    policies = {
      submit         = { send = "{}" }
      cancel         = { commands = "{}" }
      batch_counter  = { stream = "{}" }
      batch_transfer = { read_many = "{}" }
    }
  }

  assert {
    condition = (
      module.batches[0].transfer.grants == toset(["commands", "read_many", "send", "transfer"]) &&
      output.batches.transfer.dlq_name == "acme-dev-batch-transfer-dlq"
    )
    error_message = "it submits, cancels and lists, and does not read the stream"
  }

  assert {
    condition = (
      local.function.submit.environment.BATCHES_BUCKET == module.batches[0].files_bucket &&
      local.function.batches.environment.RESULT_URL_SECONDS == "300"
    )
    error_message = "whoever signs URLs knows the bucket"
  }
}

run "rejects_uploads_without_batches" {
  command = plan
  variables { settings = { submission = "validated", uploads = true } }
  expect_failures = [var.settings]
}

run "rejects_batches_on_a_fifo_queue" {
  command = plan
  variables {
    settings = { submission = "validated", batches = true }
    queue = {
      arn               = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue.fifo"
      url               = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev.fifo"
      retention_seconds = 86400
      fifo              = true
      policies          = { send = "{}" }
    }
  }
  expect_failures = [var.queue]
}

run "rejects_batches_without_validated_submission" {
  command = plan
  variables {
    settings = { batches = true }
  }
  expect_failures = [var.settings]
}

run "rejects_batches_at_a_rest_api" {
  command = plan
  variables {
    settings = { type = "rest", batches = true }
  }
  expect_failures = [var.settings]
}
