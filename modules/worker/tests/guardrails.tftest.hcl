# Each run is one refusal at plan time that would otherwise be one at apply time.
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
  policies = { consume = "{}" }
}

run "rejects_a_worker_that_may_not_consume" {
  command = plan
  variables { policies = {} }
  expect_failures = [var.policies]
}

run "rejects_a_version_that_is_no_number" {
  command = plan
  variables { live_version = "v7" }
  expect_failures = [var.live_version]
}

run "rejects_a_version_that_begins_with_zero" {
  command = plan
  variables { live_version = "07" }
  expect_failures = [var.live_version]
}

# Known before the apply, unless the same apply publishes.
run "rejects_a_version_that_is_not_published_yet" {
  command = plan

  variables { live_version = "4" }
  expect_failures = [aws_lambda_alias.live, check.newest_version_is_live]
}

run "rejects_no_attempt" {
  command = plan
  variables { max_attempts = 0 }
  expect_failures = [var.max_attempts]
}

run "rejects_more_attempts_than_a_hundred" {
  command = plan
  variables { max_attempts = 101 }
  expect_failures = [var.max_attempts]
}

run "rejects_a_batch_that_runs_nothing" {
  command = plan
  variables { settings = { batch_concurrency = 0 } }
  expect_failures = [var.settings]
}

run "rejects_more_threads_than_a_function_has" {
  command = plan
  variables { settings = { batch_concurrency = 101 } }
  expect_failures = [var.settings]
}

run "rejects_paused_types_in_one_text" {
  command = plan
  variables { settings = { paused_types = ["echo", "send_email,echo"] } }
  expect_failures = [var.settings]
}

run "rejects_a_variable_that_the_worker_has" {
  command = plan
  variables { environment = { TABLE_NAME = "acme-dev-orders" } }
  expect_failures = [var.environment]
}

run "rejects_a_reservation_below_what_its_mapping_may_start" {
  command = plan
  variables { settings = { reserved_concurrency = 19 } }
  expect_failures = [var.queue]
}
