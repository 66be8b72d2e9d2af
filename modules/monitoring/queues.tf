# Each further queue has the metrics, the alarms and a row of the dashboard that the default one
# has; the names of its alarms end in that of the queue.

locals {
  # What is about one queue, and about the worker of it.
  of_a_queue = [
    for name, source in local.named : name
    if contains(["queue", "dlq", "worker", "commands"], source[0])
  ]

  queue_metrics = {
    for queue, it in var.queues : queue => {
      for name in local.of_a_queue : name => merge(local.base_metrics[name], {
        dimensions = {
          for dimension, value in local.base_metrics[name].dimensions : dimension => lookup({
            (var.queue.name)     = it.queue.name
            (var.queue.dlq_name) = it.queue.dlq_name
            (var.worker.name)    = it.worker.name
          }, value, value)
        }
      })
    }
  }

  # By names that the dashboard shows, like "oldest slow".
  all_queue_metrics = merge([
    for queue, metrics in local.queue_metrics : {
      for name, metric in metrics : "${name} ${queue}" => metric
    }
  ]...)

  # A command may take as long as its worker: later than that is late.
  queue_limits = {
    for queue, it in var.queues : queue => merge(local.worker_limits[queue], {
      oldest = max(local.thresholds.oldest_message_seconds, it.queue.consumer.timeout_seconds)
      age    = max(local.thresholds.command_age_seconds, 2 * it.queue.consumer.timeout_seconds)
    })
  }

  queue_alarms = merge([
    for queue, metric in local.queue_metrics : {
      "dead-letter-messages-${queue}" = merge(local.always.dead-letter-messages, {
        metric = metric.dead_letter_messages
      })
      "oldest-message-${queue}" = merge(local.always.oldest-message, {
        metric = metric.oldest, threshold = local.queue_limits[queue].oldest
      })
      "command-age-${queue}" = merge(local.always.command-age, {
        metrics   = { age = metric.command_age, ended = metric.commands }
        threshold = local.queue_limits[queue].age
      })
      "worker-errors-${queue}" = merge(local.always.worker-errors, { metric = metric.errors })
      "worker-throttles-${queue}" = merge(local.always.worker-throttles, {
        metric = metric.throttles
      })
      "worker-duration-${queue}" = merge(local.always.worker-duration, {
        metric = metric.duration, threshold = local.queue_limits[queue].duration_ms
      })
      "worker-concurrency-${queue}" = merge(local.always.worker-concurrency, {
        metric = metric.concurrency, threshold = local.queue_limits[queue].concurrency
      })
      "in-flight-${queue}" = merge(local.always.in-flight, { metric = metric.in_flight })
    }
  ]...)

  # The section of the runbook: that of the default queue's alarm.
  sections = merge([
    for queue in keys(var.queues) : {
      for key in keys(local.queue_alarms) : key => trimsuffix(key, "-${queue}")
      if endswith(key, "-${queue}")
    }
  ]...)

  queue_rows = [
    for queue, limit in local.queue_limits : [
      {
        title = "Queue ${queue}: messages"
        show  = ["sent ${queue}", "waiting ${queue}", "in_flight ${queue}"]
      },
      {
        title = "Queue ${queue}: age of the oldest (s)", show = ["oldest ${queue}"]
        limit = limit.oldest
      },
      {
        title = "Worker ${queue}: runs and errors"
        show  = ["invocations ${queue}", "errors ${queue}", "throttles ${queue}"]
      },
      {
        title = "Worker ${queue}: side by side", show = ["concurrency ${queue}"]
        limit = limit.concurrency
      },
    ]
  ]
}
