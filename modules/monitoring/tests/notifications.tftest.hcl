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

run "rings_where_ends_of_commands_are_not_told" {
  command = plan

  variables {
    notifications = {
      listens             = true
      listeners           = { push = false, webhooks = false }
      failures_queue_name = "acme-dev-notifier-failures"
      functions           = { notifier = { name = "acme-dev-notifier" } }
    }
  }

  assert {
    condition = {
      for query in aws_cloudwatch_metric_alarm.this["untold-endings"].metric_query :
      query.id => query.metric[0].dimensions if length(query.metric) > 0
      } == {
      untold = tomap({ QueueName = "acme-dev-notifier-failures" })
      age    = tomap({ FunctionName = "acme-dev-notifier" })
    }
    error_message = "what was given up, and how far the notifier is behind"
  }

  assert {
    condition = contains(
      aws_cloudwatch_metric_alarm.this["untold-endings"].metric_query[*].expression,
      "FILL(untold, 0) + IF(FILL(age, 0) > 300000, 1, 0)",
    )
    error_message = "one that was given up is enough; IteratorAge is in milliseconds"
  }

  assert {
    condition = length([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget
      if startswith(try(widget.properties.title, ""), "Notifier")
    ]) == 2
    error_message = "the dashboard has a row for it"
  }
}

run "rings_where_receivers_are_not_called_and_watchers_not_told" {
  command = plan

  variables {
    thresholds = { waiting_deliveries = 50 }
    notifications = {
      listens             = true
      listeners           = { push = true, webhooks = true }
      failures_queue_name = "acme-dev-notifier-failures"
      push_api_id         = "p1"
      webhook_queue = {
        name     = "acme-dev-webhook-queue", dlq_name = "acme-dev-webhook-dlq"
        consumer = { max_concurrency = 10 }
      }
      functions = {
        notifier       = { name = "acme-dev-notifier" }
        push           = { name = "acme-dev-push" }
        webhook_sender = { name = "acme-dev-webhook-sender" }
      }
    }
  }

  assert {
    condition = {
      for key in ["failed-deliveries", "late-deliveries"] : key => [
        one(values(aws_cloudwatch_metric_alarm.this[key].dimensions)),
        aws_cloudwatch_metric_alarm.this[key].threshold,
        aws_cloudwatch_metric_alarm.this[key].evaluation_periods,
      ]
      } == {
      failed-deliveries = ["acme-dev-webhook-dlq", 0, 1]
      late-deliveries   = ["acme-dev-webhook-queue", 50, 15]
    }
    error_message = "one that failed is enough; many that are due must stay so"
  }

  assert {
    condition = {
      for key in ["push-failures", "sender-failures"] : key => {
        for query in aws_cloudwatch_metric_alarm.this[key].metric_query :
        query.id => [query.metric[0].metric_name, one(values(query.metric[0].dimensions))]
        if length(query.metric) > 0
      }
      } == {
      push-failures = {
        errors    = ["Errors", "acme-dev-push"]
        throttles = ["Throttles", "acme-dev-push"]
        calls     = ["ExecutionError", "p1"]
      }
      sender-failures = {
        errors    = ["Errors", "acme-dev-webhook-sender"]
        throttles = ["Throttles", "acme-dev-webhook-sender"]
      }
    }
    error_message = "each of the function that calls or answers"
  }

  assert {
    condition = {
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets :
      widget.properties.title => try(widget.properties.annotations.horizontal[0].value, null)
      if can(regex("^(Deliveries|Webhook|Push)", try(widget.properties.title, "")))
      } == {
      "Deliveries: due, and later"        = 50
      "Deliveries: age of the oldest (s)" = null
      "Deliveries that failed"            = 1
      "Webhook sender: runs and errors"   = null
      "Webhook sender: side by side"      = 9
      "Push: connections and messages"    = null
      "Push: requests refused"            = null
      "Push: errors"                      = 1
      "Push: longest run (ms)"            = null
    }
    error_message = "rows of their own, with a line where an alarm rings"
  }
}

run "watches_nothing_that_is_off" {
  command = plan

  assert {
    condition = length(setintersection(keys(aws_cloudwatch_metric_alarm.this), [
      "untold-endings", "failed-deliveries", "late-deliveries", "sender-failures", "push-failures",
    ])) == 0
    error_message = "an alarm costs money, and would look at nothing"
  }
}
