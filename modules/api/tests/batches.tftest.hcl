# Commands that are counted together.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  names = {
    api           = "acme-dev-api", rest_api = "acme-dev-rest-api", status = "acme-dev-status"
    cancel        = "acme-dev-cancel", submit = "acme-dev-submit", outcome = "acme-dev-outcome"
    outbox_relay  = "acme-dev-outbox-relay"
    openapi       = "acme-dev-openapi", batches = "acme-dev-batches"
    batch_counter = "acme-dev-batch-counter", batch_failures = "acme-dev-batch-failures"
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
      module.submit[0].grants, module.batches_function[0].grants,
    ] == [toset(["batches", "send"]), toset(["batches", "commands"])]
    error_message = "both know the table of batches"
  }

  assert {
    condition = (
      module.submit[0].environment.BATCHES_TABLE == "acme-dev-batches" &&
      module.submit[0].environment.RETENTION_DAYS == "90"
    )
    error_message = "a batch is kept as long as its members"
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.stored) == 0
    error_message = "the stream has one reader more, the notifier, and no third"
  }
}

run "batches_cost_nothing_where_nobody_wants_them" {
  variables { settings = { submission = "validated" } }

  assert {
    condition = (
      !output.counts_batches && output.batches == null && output.functions.batches == null &&
      length(module.batches) == 0 && !contains(module.submit[0].grants, "batches")
    )
    error_message = "nothing is made, and the table needs no stream"
  }
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
