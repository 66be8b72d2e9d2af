# One entry per alarm; what is common to all is in main.tf. `minutes` is for how many minutes in a
# row the condition must hold.

locals {
  # For standard and, since November 2024, for FIFO queues.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
  in_flight_quota = 120000

  consumer = var.queue.consumer
  limits = {
    duration_ms = local.consumer.timeout_seconds * 1000 * local.thresholds.duration_percent / 100
    concurrency = ceil(local.consumer.max_concurrency * local.thresholds.concurrency_percent / 100)
    in_flight   = floor(local.in_flight_quota * local.thresholds.in_flight_percent / 100)
    latency_ms  = var.api.max_wait_seconds * 1000 + local.thresholds.api_latency_ms
  }

  # A minute without the metric is a minute in which nothing of the kind happened.
  requests = "FILL(requests, 0)"

  alarms = {
    dead-letter-messages = {
      means  = "Commands have failed for good and wait in the dead-letter queue."
      metric = local.metrics.dead_letter_messages, threshold = 0, minutes = 1
    }
    oldest-message = {
      means     = "Commands wait too long before anybody takes them."
      metric    = local.metrics.oldest, minutes = 3
      threshold = local.thresholds.oldest_message_seconds
    }
    command-age = {
      means      = "Commands take too long from submission to their end (p95)."
      metrics    = { age = local.metrics.command_age, ended = local.metrics.commands }
      expression = "IF(FILL(ended, 0) >= ${local.thresholds.min_commands}, age, 0)"
      label      = "p95 age at the end, in seconds"
      threshold  = local.thresholds.command_age_seconds, minutes = 3
    }
    lost-commands = {
      means  = "Clients wait for commands whose messages are gone from the queue."
      metric = local.metrics.lost, threshold = 0, minutes = 1
    }
    worker-errors = {
      means  = "The worker crashed or ran out of time; a handler's own errors do not count here."
      metric = local.metrics.errors, threshold = 0, minutes = 1
    }
    worker-throttles = {
      means  = "Lambda refuses to run the worker: the account's concurrency is used up."
      metric = local.metrics.throttles, threshold = 0, minutes = 3
    }
    worker-duration = {
      means      = "A batch takes nearly as long as the worker may; beyond it, it is killed."
      metric     = local.metrics.duration, threshold = local.limits.duration_ms, minutes = 1
      comparison = "GreaterThanOrEqualToThreshold"
    }
    worker-concurrency = {
      means      = "The worker has been at its cap: the queue grows from here on."
      metric     = local.metrics.concurrency, threshold = local.limits.concurrency, minutes = 10
      comparison = "GreaterThanOrEqualToThreshold"
    }
    in-flight = {
      means      = "SQS hands out no further messages once its quota of unfinished ones is reached."
      metric     = local.metrics.in_flight, threshold = local.limits.in_flight, minutes = 1
      comparison = "GreaterThanOrEqualToThreshold"
    }
    api-client-errors = {
      means   = "Most requests are refused as the client's mistake: a broken client, or a scan."
      metrics = { requests = local.metrics.requests, failed = local.metrics.client_errors }
      expression = join("", [
        "IF(${local.requests} >= ${local.thresholds.min_requests}, ",
        "100 * FILL(failed, 0) / ${local.requests}, 0)",
      ])
      label     = "4xx in percent of all requests"
      threshold = local.thresholds.client_error_percent, minutes = 1
    }
    # No minimum of requests: at night, two failures of two are an outage as well.
    api-server-errors = {
      means      = "The API fails to take commands or to answer for them."
      metrics    = { requests = local.metrics.requests, failed = local.metrics.server_errors }
      expression = "IF(${local.requests} > 0, 100 * FILL(failed, 0) / ${local.requests}, 0)"
      label      = "5xx in percent of all requests"
      threshold  = local.thresholds.server_error_percent, minutes = 2
    }
    api-latency = {
      means      = "The API is slow, also without what clients ask it to wait (p95)."
      metrics    = { requests = local.metrics.requests, latency = local.metrics.latency }
      expression = "IF(${local.requests} >= ${local.thresholds.min_requests}, latency, 0)"
      label      = "p95 latency in milliseconds"
      threshold  = local.limits.latency_ms, minutes = 3
    }
    table-throttles = {
      means = "DynamoDB refuses requests to the table."
      metrics = {
        reads = local.metrics.read_throttles, writes = local.metrics.write_throttles
      }
      expression = "FILL(reads, 0) + FILL(writes, 0)"
      label      = "refused reads and writes"
      threshold  = 0, minutes = 2
    }
  }

  # A dead-letter message is not among them: it is one customer's command, and it stays until somebody
  # has decided, so it would hide everything that comes after it.
  customers_affected = ["api-server-errors", "api-latency", "oldest-message", "command-age"]

  descriptions = {
    for key, means in merge(
      { for key, alarm in local.alarms : key => alarm.means },
      { customers-affected = "Commands of customers are refused or late." },
    ) : key => "${means} What to do: ${var.runbook_url}#${key}"
  }
}
