mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev"
  queue = {
    name     = "acme-dev-work-queue"
    dlq_name = "acme-dev-work-dlq"
    consumer = { timeout_seconds = 60, max_concurrency = 20 }
  }
  worker = { name = "acme-dev-worker", log_group_name = "/aws/lambda/acme-dev-worker" }
  queues = {
    slow = {
      queue = {
        name     = "acme-dev-work-slow-queue", dlq_name = "acme-dev-work-slow-dlq"
        consumer = { timeout_seconds = 900, max_concurrency = 4 }
      }
      worker = {
        name = "acme-dev-worker-slow", log_group_name = "/aws/lambda/acme-dev-worker-slow"
      }
    }
  }
  api = {
    type = "http", id = "a1b2c3", name = "acme-dev-api", status_function = "acme-dev-status"
  }
  table_name        = "acme-dev-commands"
  metrics_namespace = "acme"
  runbook_url       = "https://example.com/runbook.md"
}

run "each_queue_has_the_alarms_of_a_queue" {
  command = plan

  assert {
    condition = alltrue([
      for key in [
        "dead-letter-messages", "oldest-message", "command-age", "worker-errors",
        "worker-throttles", "worker-duration", "worker-concurrency", "in-flight",
      ] :
      endswith(
        aws_cloudwatch_metric_alarm.this["${key}-slow"].alarm_description, "/runbook.md#${key}"
      )
    ])
    error_message = "the section of the runbook is that of the default queue's alarm"
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["dead-letter-messages-slow"].dimensions
      == tomap({ QueueName = "acme-dev-work-slow-dlq" }) &&
      aws_cloudwatch_metric_alarm.this["worker-errors-slow"].dimensions
      == tomap({ FunctionName = "acme-dev-worker-slow" }) &&
      aws_cloudwatch_metric_alarm.this["worker-errors"].dimensions
      == tomap({ FunctionName = "acme-dev-worker" })
    )
    error_message = "each alarm looks at its own queue or worker"
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["worker-duration-slow"].threshold == 720000 &&
      aws_cloudwatch_metric_alarm.this["worker-concurrency-slow"].threshold == 4 &&
      aws_cloudwatch_metric_alarm.this["oldest-message-slow"].threshold == 900 &&
      aws_cloudwatch_metric_alarm.this["oldest-message"].threshold == 300
    )
    error_message = "limits follow from the sizes of each queue"
  }

  assert {
    condition = !strcontains(
      aws_cloudwatch_composite_alarm.customers_affected.alarm_rule, "slow"
    )
    error_message = "an alarm that a composite alarm names could not go with its queue"
  }
}

run "the_dashboard_shows_each_queue" {
  command = plan

  assert {
    condition = alltrue([
      for text in [
        "Queue slow: messages", "acme-dev-work-slow-queue", "acme-dev-worker-slow",
        "service=(\\\"acme-dev-worker\\\" OR \\\"acme-dev-worker-slow\\\")",
      ] : strcontains(aws_cloudwatch_dashboard.this.dashboard_body, text)
    ])
    error_message = "unexpected: ${aws_cloudwatch_dashboard.this.dashboard_body}"
  }

  assert {
    condition = contains(
      aws_cloudwatch_query_definition.this["failures"].log_group_names,
      "/aws/lambda/acme-dev-worker-slow",
    )
    error_message = "saved queries read all workers' logs"
  }
}
