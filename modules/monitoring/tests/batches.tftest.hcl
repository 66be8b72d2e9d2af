# Alarms of batches.

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

run "watches_no_batches_where_there_are_none" {
  command = plan

  assert {
    condition = length(setintersection(
      keys(aws_cloudwatch_metric_alarm.this), ["uncounted-members", "stopped-batches"]
    )) == 0
    error_message = "an alarm costs money, and would look at nothing"
  }
}

run "rings_where_members_of_batches_are_not_counted" {
  command = plan

  variables {
    api = {
      type            = "http", id = "a1b2c3", name = "acme-dev-api"
      status_function = "acme-dev-status"
      batches = {
        counter_name        = "acme-dev-batch-counter"
        failures_queue_name = "acme-dev-batch-failures"
      }
    }
  }

  assert {
    condition = {
      for query in aws_cloudwatch_metric_alarm.this["uncounted-members"].metric_query :
      query.id => query.metric[0].dimensions if length(query.metric) > 0
      } == {
      uncounted = tomap({ QueueName = "acme-dev-batch-failures" })
      age       = tomap({ FunctionName = "acme-dev-batch-counter" })
    }
    error_message = "what was given up, and how far the counter is behind"
  }
}

run "rings_where_uploaded_batches_stop" {
  command = plan

  variables {
    api = {
      type            = "http", id = "a1b2c3", name = "acme-dev-api"
      status_function = "acme-dev-status"
      batches = {
        counter_name        = "acme-dev-batch-counter"
        failures_queue_name = "acme-dev-batch-failures"
        transfer_name       = "acme-dev-batch-transfer"
        transfer = {
          name = "acme-dev-batch-transfer", dlq_name = "acme-dev-batch-transfer-dlq"
        }
      }
    }
  }

  assert {
    condition = {
      for query in aws_cloudwatch_metric_alarm.this["stopped-batches"].metric_query :
      query.id => query.metric[0].dimensions if length(query.metric) > 0
      } == {
      stopped = tomap({ QueueName = "acme-dev-batch-transfer-dlq" })
      age     = tomap({ QueueName = "acme-dev-batch-transfer" })
    }
    error_message = "what was given up, and what waits"
  }
}
