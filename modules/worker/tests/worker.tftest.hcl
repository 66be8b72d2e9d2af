mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name    = "acme-dev-worker"
  runtime = { package_path = "versions.tf" } # any file will do while AWS is mocked
  queue = {
    arn               = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    url               = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    dlq_url           = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-dlq"
    retention_seconds = 86400
    consumer = {
      timeout_seconds = 60, batch_size = 50, batching_window_seconds = 5, max_concurrency = 20
    }
  }
  data = {
    name           = "acme-dev-commands"
    ttl_attribute  = "gone_at"
    retention_days = 90
    results_bucket = "acme-dev-results"
  }
  secrets  = { prefix = "/dev/acme/" }
  policies = { consume = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
}

run "takes_batches_and_reports_failures_one_by_one" {
  command = plan

  assert {
    condition = (
      aws_lambda_event_source_mapping.this.event_source_arn == var.queue.arn &&
      aws_lambda_event_source_mapping.this.function_name == aws_lambda_alias.live.arn &&
      aws_lambda_event_source_mapping.this.batch_size == 50 &&
      aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 5
    )
    error_message = "the mapping must carry the consumer's numbers"
  }

  # Without it Lambda would delete failed messages as done.
  assert {
    condition = (
      aws_lambda_event_source_mapping.this.function_response_types ==
      toset(["ReportBatchItemFailures"])
    )
    error_message = "a failure must not take its batch along"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 20
    error_message = "no more than 20 workers at the same time"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.enabled
    error_message = "a worker works, unless it is told otherwise"
  }
}

run "hands_messages_to_the_newest_version" {
  command = plan

  assert {
    condition = (
      aws_lambda_alias.live.name == "live" && aws_lambda_alias.live.function_version == "3" &&
      output.live_version == "3" && output.newest_version == "3"
    )
    error_message = "without a pin the newest version is live"
  }
}

run "rolls_back_to_the_version_that_is_named" {
  command = plan

  variables { live_version = "2" }

  assert {
    condition = (
      aws_lambda_alias.live.function_version == "2" && output.live_version == "2" &&
      output.newest_version == "3"
    )
    error_message = "the alias points where it is told to: ${output.live_version}"
  }

  # It warns at every plan: what is deployed meanwhile takes no messages.
  expect_failures = [check.newest_version_is_live]
}

run "stays_paused_where_that_is_written_down" {
  command = plan
  variables { settings = { enabled = false } }

  assert {
    condition     = !aws_lambda_event_source_mapping.this.enabled
    error_message = "an apply must not resume what the configuration pauses"
  }
}

run "tells_the_worker_where_everything_is" {
  command = plan

  variables {
    runtime = {
      package_path = "versions.tf", log_level = "DEBUG", metrics_namespace = "acme"
    }
    max_attempts         = 5
    default_command_type = "demo"
    settings             = { batch_concurrency = 7, paused_types = ["send_email", "echo"] }
    environment          = { ORDERS_TABLE = "acme-dev-orders" }
  }

  assert {
    condition = output.environment == tomap({
      TABLE_NAME              = "acme-dev-commands"
      TTL_ATTRIBUTE           = "gone_at"
      RETENTION_DAYS          = "90"
      RESULTS_BUCKET          = "acme-dev-results"
      QUEUE_URL               = var.queue.url
      QUEUE_RETENTION_SECONDS = "86400"
      DLQ_URL                 = var.queue.dlq_url
      SECRET_PREFIX           = "/dev/acme/"
      DEFAULT_COMMAND_TYPE    = "demo"
      MAX_ATTEMPTS            = "5"
      BATCH_CONCURRENCY       = "7"
      PAUSED_TYPES            = "echo,send_email"
      METRICS_NAMESPACE       = "acme"
      LOG_EXCEPTION_TEXT      = "false"
      POWERTOOLS_SERVICE_NAME = "acme-dev-worker"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
      ORDERS_TABLE            = "acme-dev-orders"
    })
    error_message = "unexpected: ${jsonencode(output.environment)}"
  }
}

run "a_result_has_to_fit_into_its_record_without_a_bucket" {
  command = plan
  variables {
    data = { name = "acme-dev-commands", ttl_attribute = "expiresAt", retention_days = 30 }
  }

  assert {
    condition     = !contains(keys(output.environment), "RESULTS_BUCKET")
    error_message = "an empty name would be taken for a bucket"
  }
}

run "reserves_what_its_mapping_may_start" {
  command = plan
  variables { settings = { reserved_concurrency = 20 } }

  assert {
    condition     = module.function.reserved_concurrency == 20
    error_message = "the worker has 20 executions of its own"
  }
}
