# One entry per alarm; what is common to all is in main.tf. `minutes` is for how many minutes in a
# row the condition must hold.

locals {
  # For standard and, since November 2024, for FIFO queues.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
  in_flight_quota = 120000

  worker_limits = {
    for queue, consumer in merge(
      { default = var.queue.consumer },
      { for queue, it in var.queues : queue => it.queue.consumer },
      ) : queue => {
      duration_ms = consumer.timeout_seconds * 10 * local.thresholds.duration_percent
      concurrency = ceil(consumer.max_concurrency * local.thresholds.concurrency_percent / 100)
    }
  }
  limits = merge(local.worker_limits.default, {
    in_flight  = floor(local.in_flight_quota * local.thresholds.in_flight_percent / 100)
    latency_ms = var.api.max_wait_seconds * 1000 + local.thresholds.api_latency_ms
  })

  # A minute without the metric is a minute in which nothing of the kind happened.
  requests = "FILL(requests, 0)"

  always = {
    dead-letter-messages = {
      means  = "Dead-letter messages exist: commands failed all attempts."
      metric = local.metrics.dead_letter_messages, threshold = 0, minutes = 1
    }
    oldest-message = {
      means     = "The oldest message waits too long for a worker."
      metric    = local.metrics.oldest, minutes = 3
      threshold = local.thresholds.oldest_message_seconds
    }
    command-age = {
      means      = "Commands take too long from submission to terminal status (p95)."
      metrics    = { age = local.metrics.command_age, ended = local.metrics.commands }
      expression = "IF(FILL(ended, 0) >= ${local.thresholds.min_commands}, age, 0)"
      label      = "p95 age at the end, in seconds"
      threshold  = local.thresholds.command_age_seconds, minutes = 3
    }
    lost-commands = {
      means  = "Messages of waiting commands are gone from the queue."
      metric = local.metrics.lost, threshold = 0, minutes = 1
    }
    worker-errors = {
      means  = "The worker crashed or timed out; handler errors are not counted."
      metric = local.metrics.errors, threshold = 0, minutes = 1
    }
    worker-throttles = {
      means  = "Lambda throttles the worker: the account's concurrency is used up."
      metric = local.metrics.throttles, threshold = 0, minutes = 3
    }
    worker-duration = {
      means      = "Batches run close to the worker's timeout, at which Lambda stops them."
      metric     = local.metrics.duration, threshold = local.limits.duration_ms, minutes = 1
      comparison = "GreaterThanOrEqualToThreshold"
    }
    worker-concurrency = {
      means      = "The worker runs at its maximum concurrency; the queue grows."
      metric     = local.metrics.concurrency, threshold = local.limits.concurrency, minutes = 10
      comparison = "GreaterThanOrEqualToThreshold"
    }
    in-flight = {
      means      = "In-flight messages approach SQS's quota, at which it returns no more."
      metric     = local.metrics.in_flight, threshold = local.limits.in_flight, minutes = 1
      comparison = "GreaterThanOrEqualToThreshold"
    }
    api-client-errors = {
      means   = "Most requests fail with 4xx: a broken client, or a scan."
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
      means      = "The API answers 5xx."
      metrics    = { requests = local.metrics.requests, failed = local.metrics.server_errors }
      expression = "IF(${local.requests} > 0, 100 * FILL(failed, 0) / ${local.requests}, 0)"
      label      = "5xx in percent of all requests"
      threshold  = local.thresholds.server_error_percent, minutes = 2
    }
    api-latency = {
      means      = "The API is slow, not counting the waiting that clients ask for (p95)."
      metrics    = { requests = local.metrics.requests, latency = local.metrics.latency }
      expression = "IF(${local.requests} >= ${local.thresholds.min_requests}, latency, 0)"
      label      = "p95 latency in milliseconds"
      threshold  = local.limits.latency_ms, minutes = 3
    }
    table-throttles = {
      means = "DynamoDB throttles requests to the table."
      metrics = {
        reads = local.metrics.read_throttles, writes = local.metrics.write_throttles
      }
      expression = "FILL(reads, 0) + FILL(writes, 0)"
      label      = "refused reads and writes"
      threshold  = 0, minutes = 2
    }
  }

  # Where schedules send commands.
  recurring = {
    unsent-runs = {
      means  = "Runs of recurring schedules could not be sent to the queue."
      metric = local.metrics.unsent, threshold = 0, minutes = 1
    }
  }

  alarms = merge(
    local.always, local.queue_alarms,
    local.batch_alarms,
    local.notification_alarms,
    { for key, alarm in local.recurring : key => alarm if var.queue.recurring.enabled },
  )

  # Dead-letter messages are not included: they concern single commands and stay until somebody
  # acts, so the alarm would hide everything that comes after them.
  # Nor are those of further queues: CloudWatch deletes no alarm that this one names, and a queue
  # must be able to go.
  customers_affected = ["api-server-errors", "api-latency", "oldest-message", "command-age"]

  descriptions = {
    for key, means in merge(
      { for key, alarm in local.alarms : key => alarm.means },
      { customers-affected = "Customers are affected: commands are refused or late." },
    ) : key => "${means} What to do: ${var.runbook_url}#${lookup(local.sections, key, key)}"
  }
}
