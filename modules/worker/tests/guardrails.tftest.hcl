# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name         = "acme-dev-worker"
  package_path = "versions.tf"
  queue = {
    arn                        = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    visibility_timeout_seconds = 180
  }
  policies = { consume = "{}" }
}

run "rejects_a_name_of_65_characters" {
  command = plan
  variables { name = format("%065d", 0) }
  expect_failures = [var.name]
}

run "rejects_a_timeout_above_15_minutes" {
  command = plan
  variables { consumer = { timeout_seconds = 901 } }
  expect_failures = [var.consumer]
}

run "rejects_an_empty_batch" {
  command = plan
  variables { consumer = { batch_size = 0 } }
  expect_failures = [var.consumer]
}

run "rejects_a_batch_above_10000" {
  command = plan
  variables { consumer = { batch_size = 10001, batching_window_seconds = 1 } }
  expect_failures = [var.consumer]
}

run "rejects_a_window_above_five_minutes" {
  command = plan
  variables { consumer = { batching_window_seconds = 301 } }
  expect_failures = [var.consumer]
}

run "rejects_a_batch_above_ten_without_a_window" {
  command = plan
  variables { consumer = { batch_size = 11 } }
  expect_failures = [var.consumer]
}

run "rejects_a_concurrency_of_one" {
  command = plan
  variables { consumer = { max_concurrency = 1 } }
  expect_failures = [var.consumer]
}

run "rejects_a_concurrency_above_1000" {
  command = plan
  variables { consumer = { max_concurrency = 1001 } }
  expect_failures = [var.consumer]
}

run "rejects_a_worker_that_may_not_consume" {
  command = plan
  variables { policies = {} }
  expect_failures = [var.policies]
}

run "rejects_a_queue_that_hides_messages_for_too_short_a_time" {
  command = plan
  variables { consumer = { timeout_seconds = 31 } }
  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "rejects_a_window_for_a_fifo_queue" {
  command = plan
  variables {
    queue = {
      arn                        = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue.fifo"
      visibility_timeout_seconds = 5400
      fifo                       = true
    }
    consumer = { batch_size = 10, batching_window_seconds = 1 }
  }
  expect_failures = [var.consumer]
}

run "rejects_a_boundary_that_is_a_name" {
  command = plan
  variables { permissions_boundary = "acme-boundary" }
  expect_failures = [var.permissions_boundary]
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
  variables { live_version = "4" }
  expect_failures = [aws_lambda_alias.live, check.newest_version_is_live]
}
