# Each run is one refusal at plan time that would otherwise be one at apply time, or a silent alarm.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name   = "acme-dev"
  queue  = { name = "acme-dev-work-queue", dlq_name = "acme-dev-work-dlq" }
  worker = { name = "acme-dev-worker", log_group_name = "/aws/lambda/acme-dev-worker" }
  api = {
    type = "http", id = "a1b2c3", name = "acme-dev-api", status_function = "acme-dev-status"
  }
  table_name        = "acme-dev-commands"
  metrics_namespace = "acme"
}

run "rejects_a_name_with_a_space" {
  command = plan
  variables { name = "acme dev" }
  expect_failures = [var.name]
}

run "rejects_a_kind_of_api_that_there_is_not" {
  command = plan
  variables {
    api = {
      type = "graphql", id = "a1b2c3", name = "acme-dev-api", status_function = "acme-dev-status"
    }
  }
  expect_failures = [var.api]
}

run "rejects_a_rest_api_without_the_name_of_its_stage" {
  command = plan
  variables {
    api = {
      type = "rest", id = "a1b2c3", name = "acme-dev-api", status_function = "acme-dev-status"
    }
  }
  expect_failures = [var.api]
}

run "rejects_a_namespace_of_aws" {
  command = plan
  variables { metrics_namespace = "AWS/Commands" }
  expect_failures = [var.metrics_namespace]
}

run "rejects_a_runbook_with_a_section" {
  command = plan
  variables { runbook_url = "docs/runbook.md#dead-letter-messages" }
  expect_failures = [var.runbook_url]
}

run "rejects_an_email_without_a_domain" {
  command = plan
  variables { subscriptions = { emails = ["ops"] } }
  expect_failures = [var.subscriptions]
}

run "rejects_a_webhook_in_the_clear" {
  command = plan
  variables { subscriptions = { webhooks = ["http://example.com/hook"] } }
  expect_failures = [var.subscriptions]
}

run "rejects_the_key_that_cloudwatch_may_not_use" {
  command = plan
  variables { kms_key = { arn = "alias/aws/sns" } }
  expect_failures = [var.kms_key]
}

run "rejects_an_objective_of_no_time" {
  command = plan
  variables { thresholds = { command_age_seconds = 0 } }
  expect_failures = [var.thresholds]
}

run "rejects_more_than_the_worker_has" {
  command = plan
  variables { thresholds = { duration_percent = 101 } }
  expect_failures = [var.thresholds]
}

run "rejects_a_rate_that_cannot_be_exceeded" {
  command = plan
  variables { thresholds = { server_error_percent = 100 } }
  expect_failures = [var.thresholds]
}

run "rejects_more_logs_than_a_query_reads" {
  command = plan
  variables {
    api = {
      type                = "http"
      id                  = "a1b2c3"
      name                = "acme-dev-api"
      status_function     = "acme-dev-status"
      function_log_groups = [for number in range(49) : "/aws/lambda/${number}"]
    }
  }
  expect_failures = [var.api]
}

run "rejects_a_minimum_of_nothing" {
  command = plan
  variables { thresholds = { min_requests = 0 } }
  expect_failures = [var.thresholds]
}

run "rejects_a_threshold_that_is_misspelt" {
  command = plan
  variables { thresholds = { command_age_second = 300 } }
  expect_failures = [var.thresholds]
}

run "rejects_subscriptions_to_a_topic_of_somebody_else" {
  command = plan
  variables {
    topic         = { arn = "arn:aws:sns:us-east-1:123456789012:on-call" }
    subscriptions = { emails = ["ops@example.com"] }
  }
  expect_failures = [var.subscriptions]
}

run "rejects_a_fifo_topic" {
  command = plan
  variables { topic = { arn = "arn:aws:sns:us-east-1:123456789012:on-call.fifo" } }
  expect_failures = [var.topic]
}
