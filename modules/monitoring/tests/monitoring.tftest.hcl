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
  api = {
    type             = "http", id = "a1b2c3", name = "acme-dev-api"
    status_function  = "acme-dev-status"
    max_wait_seconds = 20
  }
  table_name        = "acme-dev-commands"
  metrics_namespace = "acme"
  runbook_url       = "https://example.com/runbook.md"
}

run "rings_for_everything_that_the_runbook_knows" {
  command = plan

  assert {
    condition = toset(keys(output.alarm_names)) == toset([
      "dead-letter-messages", "oldest-message", "command-age", "lost-commands",
      "worker-errors", "worker-throttles",
      "worker-duration", "worker-concurrency", "in-flight", "api-client-errors",
      "api-server-errors", "api-latency", "table-throttles", "customers-affected",
    ])
    error_message = "unexpected alarms: ${join(", ", keys(output.alarm_names))}"
  }

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      endswith(alarm.alarm_description, " What to do: https://example.com/runbook.md#${key}") &&
      alarm.treat_missing_data == "notBreaching" && alarm.alarm_name == "acme-dev-${key}" &&
      alarm.alarm_actions == toset([output.topic_arn]) &&
      alarm.ok_actions == toset([output.topic_arn])
    ])
    error_message = "every alarm tells of both its ends, and where to read on"
  }
}

run "one_dead_letter_is_enough" {
  command = plan

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["dead-letter-messages"].namespace == "AWS/SQS" &&
      aws_cloudwatch_metric_alarm.this["dead-letter-messages"].metric_name ==
      "ApproximateNumberOfMessagesVisible" &&
      aws_cloudwatch_metric_alarm.this["dead-letter-messages"].dimensions ==
      tomap({ QueueName = "acme-dev-work-dlq" }) &&
      aws_cloudwatch_metric_alarm.this["dead-letter-messages"].statistic == "Maximum" &&
      aws_cloudwatch_metric_alarm.this["dead-letter-messages"].threshold == 0 &&
      aws_cloudwatch_metric_alarm.this["dead-letter-messages"].comparison_operator ==
      "GreaterThanThreshold"
    )
    error_message = "not the number of messages that were sent there: a redrive would hide them"
  }
}

run "derives_what_follows_from_the_worker_and_from_quotas" {
  command = plan

  assert {
    condition = {
      for key in ["worker-duration", "worker-concurrency", "in-flight", "api-latency"] :
      key => aws_cloudwatch_metric_alarm.this[key].threshold
      } == {
      worker-duration = 48000, worker-concurrency = 18, in-flight = 96000, api-latency = 22000
    }
    error_message = "80 % of 60 s, 90 % of 20, 80 % of 120,000, 20 s of waiting and 2 s"
  }

  assert {
    condition = alltrue([
      for key in ["worker-duration", "worker-concurrency", "in-flight"] :
      aws_cloudwatch_metric_alarm.this[key].comparison_operator == "GreaterThanOrEqualToThreshold"
    ])
    error_message = "at a concurrency of 2 the cap itself is 90 % of it"
  }
}

run "judges_the_age_of_commands_by_the_workers_own_metric" {
  command = plan

  assert {
    condition = {
      for query in aws_cloudwatch_metric_alarm.this["command-age"].metric_query :
      query.id => try(query.metric[0].stat, query.expression)
      } == {
      judged = "IF(FILL(ended, 0) >= 10, age, 0)", age = "p95", ended = "SampleCount"
    }
    error_message = "p95, once ten commands have ended within a minute"
  }

  assert {
    condition = alltrue([
      for query in aws_cloudwatch_metric_alarm.this["command-age"].metric_query :
      query.metric[0].namespace == "acme" && query.metric[0].metric_name == "CommandAge" &&
      query.metric[0].dimensions == tomap({ service = "acme-dev-worker" })
      if length(query.metric) > 0
    ])
    error_message = "of all types and outcomes together"
  }
}

run "knows_what_an_http_api_calls_its_metrics" {
  command = plan

  assert {
    condition = {
      for query in aws_cloudwatch_metric_alarm.this["api-server-errors"].metric_query :
      query.id => try(query.metric[0].metric_name, query.expression)
      } == {
      judged = join("", [
        "IF(FILL(requests, 0) > 0, 100 * FILL(failed, 0) / FILL(requests, 0), 0)",
      ])
      requests = "Count", failed = "5xx"
    }
    error_message = "5xx in percent of all requests"
  }
}

run "knows_what_a_rest_api_calls_its_metrics" {
  command = plan
  variables {
    api = {
      type       = "rest", id = "a1b2c3", name = "acme-dev-api", status_function = "acme-dev-status"
      stage_name = "v1"
    }
  }

  assert {
    condition = toset([
      for query in aws_cloudwatch_metric_alarm.this["api-client-errors"].metric_query :
      jsonencode([query.metric[0].metric_name, query.metric[0].dimensions])
      if length(query.metric) > 0
      ]) == toset([
      jsonencode(["Count", { ApiName = "acme-dev-api", Stage = "v1" }]),
      jsonencode(["4XXError", { ApiName = "acme-dev-api", Stage = "v1" }]),
    ])
    error_message = "by name and stage"
  }
}

run "one_alarm_says_that_customers_are_affected" {
  command = plan

  assert {
    condition = (
      aws_cloudwatch_composite_alarm.customers_affected.alarm_rule == join(" OR ", [
        "ALARM(\"acme-dev-api-server-errors\")", "ALARM(\"acme-dev-api-latency\")",
        "ALARM(\"acme-dev-oldest-message\")", "ALARM(\"acme-dev-command-age\")",
      ]) &&
      aws_cloudwatch_composite_alarm.customers_affected.alarm_actions == toset([output.topic_arn])
    )
    error_message = aws_cloudwatch_composite_alarm.customers_affected.alarm_rule
  }
}

run "rings_for_runs_that_could_not_be_sent" {
  command = plan

  variables {
    queue = {
      name     = "acme-dev-work-queue"
      dlq_name = "acme-dev-work-dlq"
      recurring = {
        enabled = true, unsent_queue_name = "acme-dev-work-queue-recurring"
      }
    }
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["unsent-runs"].threshold == 0 &&
      aws_cloudwatch_metric_alarm.this["unsent-runs"].dimensions
      == tomap({ QueueName = "acme-dev-work-queue-recurring" })
    )
    error_message = "one is enough, and nothing else sends to this queue"
  }
}
