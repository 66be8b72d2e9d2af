mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name         = "acme-dev-worker"
  package_path = "versions.tf" # any file will do while AWS is mocked
  queue = {
    arn                        = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    visibility_timeout_seconds = 365
  }
  consumer = {
    timeout_seconds = 60, batch_size = 50, batching_window_seconds = 5, max_concurrency = 20
  }
  policies = { consume = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
}

run "takes_batches_and_reports_failures_one_by_one" {
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

run "accepts_the_smallest_and_the_largest_numbers" {
  command = plan
  variables {
    queue = {
      arn                        = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
      visibility_timeout_seconds = 5700
    }
    consumer = {
      timeout_seconds = 900, batch_size = 10000, batching_window_seconds = 300, max_concurrency = 2
    }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.batch_size == 10000
    error_message = "AWS takes these limits"
  }
}

run "hands_messages_to_the_newest_version" {
  assert {
    condition = (
      aws_lambda_alias.live.name == "live" && aws_lambda_alias.live.function_version == "3" &&
      output.live_version == "3" && output.newest_version == "3"
    )
    error_message = "without a pin the newest version is live"
  }
}

run "rolls_back_to_the_version_that_is_named" {
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
  variables { enabled = false }

  assert {
    condition     = !aws_lambda_event_source_mapping.this.enabled
    error_message = "an apply must not resume what the configuration pauses"
  }
}
