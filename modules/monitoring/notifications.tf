# What is watched where module `notifications` tells what becomes of commands.

variable "notifications" {
  description = "What is told of commands: module `notifications` as a whole."
  type = object({
    listens             = bool
    listeners           = object({ push = bool, webhooks = bool })
    failures_queue_name = optional(string)
    push_api_id         = optional(string)
    webhook_queue = optional(object({
      name     = string
      dlq_name = string
      consumer = object({ max_concurrency = number })
    }))
    functions = object({
      notifier       = optional(object({ name = string }))
      push           = optional(object({ name = string }))
      webhook_sender = optional(object({ name = string }))
    })
  })
  default = {
    listens = false, listeners = { push = false, webhooks = false }, functions = {}
  }
  nullable = false
}

locals {
  notification_thresholds = {
    untold_seconds     = 300
    waiting_deliveries = 1000
  }
  untold_ms = local.thresholds.untold_seconds * 1000
  sender_limit = ceil(
    try(var.notifications.webhook_queue.consumer.max_concurrency, 0) *
    local.thresholds.concurrency_percent / 100
  )

  notification_alarms = merge(
    { for key, alarm in local.notifying : key => alarm if var.notifications.listens },
    { for key, alarm in local.calling : key => alarm if var.notifications.listeners.webhooks },
    { for key, alarm in local.pushing : key => alarm if var.notifications.listeners.push },
  )

  # Where something is told.
  notifying = {
    untold-endings = {
      means      = "Ends of commands are not told to those who listen, or late."
      metrics    = { untold = local.metrics.untold, age = local.metrics.untold_age }
      expression = "FILL(untold, 0) + IF(FILL(age, 0) > ${local.untold_ms}, 1, 0)"
      label      = "given up, and one if the notifier is behind"
      threshold  = 0, minutes = 1
    }
  }

  # Where receivers are called.
  calling = {
    failed-deliveries = {
      means  = "Receivers of webhooks did not answer for days."
      metric = local.metrics.failed_deliveries, threshold = 0, minutes = 1
    }
    # Not by age: a delivery to a receiver that is down stays in the queue for days.
    late-deliveries = {
      means     = "Webhooks are due and wait for their sender."
      metric    = local.metrics.due_deliveries, minutes = 15
      threshold = local.thresholds.waiting_deliveries
    }
    sender-failures = {
      means = "The webhook sender crashes, times out or is throttled."
      metrics = {
        errors = local.metrics.sender_errors, throttles = local.metrics.sender_throttles
      }
      expression = "FILL(errors, 0) + FILL(throttles, 0)"
      label      = "failed and throttled runs"
      threshold  = 0, minutes = 3
    }
  }

  # Where clients watch commands.
  pushing = {
    push-failures = {
      means = "Clients cannot connect to watch commands, or are not answered."
      metrics = {
        errors = local.metrics.push_errors, throttles = local.metrics.push_throttles
        calls  = local.metrics.push_failed_calls
      }
      expression = "FILL(errors, 0) + FILL(throttles, 0) + FILL(calls, 0)"
      label      = "failed and throttled calls of the function"
      threshold  = 0, minutes = 2
    }
  }

  notification_sources = {
    notifier = {
      namespace  = "AWS/Lambda"
      dimensions = { FunctionName = one(var.notifications.functions.notifier[*].name) }
    }
    untold = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = var.notifications.failures_queue_name }
    }
    webhook_queue = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = one(var.notifications.webhook_queue[*].name) }
    }
    webhook_dlq = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = one(var.notifications.webhook_queue[*].dlq_name) }
    }
    webhook_sender = {
      namespace  = "AWS/Lambda"
      dimensions = { FunctionName = one(var.notifications.functions.webhook_sender[*].name) }
    }
    push = {
      namespace  = "AWS/Lambda"
      dimensions = { FunctionName = one(var.notifications.functions.push[*].name) }
    }
    # docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
    push_api = {
      namespace  = "AWS/ApiGateway"
      dimensions = { ApiId = var.notifications.push_api_id }
    }
  }

  notification_metrics = {
    untold             = ["untold", "ApproximateNumberOfMessagesVisible", "Maximum"]
    untold_age         = ["notifier", "IteratorAge", "Maximum"]
    notifier_runs      = ["notifier", "Invocations", "Sum"]
    notifier_errors    = ["notifier", "Errors", "Sum"]
    notifier_throttles = ["notifier", "Throttles", "Sum"]
    due_deliveries     = ["webhook_queue", "ApproximateNumberOfMessagesVisible", "Maximum"]
    later_deliveries   = ["webhook_queue", "ApproximateNumberOfMessagesNotVisible", "Maximum"]
    oldest_delivery    = ["webhook_queue", "ApproximateAgeOfOldestMessage", "Maximum"]
    failed_deliveries  = ["webhook_dlq", "ApproximateNumberOfMessagesVisible", "Maximum"]
    sender_runs        = ["webhook_sender", "Invocations", "Sum"]
    sender_errors      = ["webhook_sender", "Errors", "Sum"]
    sender_throttles   = ["webhook_sender", "Throttles", "Sum"]
    sender_concurrency = ["webhook_sender", "ConcurrentExecutions", "Maximum"]
    push_connections   = ["push_api", "ConnectCount", "Sum"]
    push_messages      = ["push_api", "MessageCount", "Sum"]
    push_refusals      = ["push_api", "ClientError", "Sum"]
    push_failed_calls  = ["push_api", "ExecutionError", "Sum"]
    push_errors        = ["push", "Errors", "Sum"]
    push_throttles     = ["push", "Throttles", "Sum"]
    push_duration      = ["push", "Duration", "Maximum"]
  }

  # Rows of the dashboard.
  notification_rows = concat(
    [for row in local.notifier_rows : row if var.notifications.listens],
    [for row in local.webhook_rows : row if var.notifications.listeners.webhooks],
    [for row in local.push_rows : row if var.notifications.listeners.push],
  )

  notifier_rows = [
    [
      {
        title = "Notifier: runs and errors"
        show  = ["notifier_runs", "notifier_errors", "notifier_throttles"]
      },
      {
        title = "Notifier: age of what it reads (ms)", show = ["untold_age"]
        limit = local.untold_ms
      },
      { title = "Endings that were never told", show = ["untold"], limit = 1 },
    ],
  ]

  webhook_rows = [
    [
      {
        title = "Deliveries: due, and later", show = ["due_deliveries", "later_deliveries"]
        limit = local.thresholds.waiting_deliveries
      },
      { title = "Deliveries: age of the oldest (s)", show = ["oldest_delivery"] },
      {
        title = "Webhook sender: runs and errors"
        show  = ["sender_runs", "sender_errors", "sender_throttles"]
      },
      {
        title = "Webhook sender: side by side", show = ["sender_concurrency"]
        limit = local.sender_limit
      },
    ],
    [{ title = "Deliveries that failed", show = ["failed_deliveries"], limit = 1 }],
  ]

  push_rows = [
    [
      { title = "Push: connections and messages", show = ["push_connections", "push_messages"] },
      { title = "Push: requests refused", show = ["push_refusals"] },
      {
        title = "Push: errors", show = ["push_errors", "push_throttles", "push_failed_calls"]
        limit = 1
      },
      { title = "Push: longest run (ms)", show = ["push_duration"] },
    ],
  ]
}
