# Every metric that an alarm or the dashboard looks at, under one name.

locals {
  # The two kinds of API count the same things under other names.
  # docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html and, for REST,
  # api-gateway-metrics-and-dimensions.html beside it.
  api_metrics = {
    http = {
      names      = { client_errors = "4xx", server_errors = "5xx" }
      dimensions = { ApiId = var.api.id }
    }
    rest = {
      names      = { client_errors = "4XXError", server_errors = "5XXError" }
      dimensions = { ApiName = var.api.name, Stage = var.api.stage_name }
    }
  }[var.api.type]

  sources = {
    api    = { namespace = "AWS/ApiGateway", dimensions = local.api_metrics.dimensions }
    queue  = { namespace = "AWS/SQS", dimensions = { QueueName = var.queue.name } }
    dlq    = { namespace = "AWS/SQS", dimensions = { QueueName = var.queue.dlq_name } }
    worker = { namespace = "AWS/Lambda", dimensions = { FunctionName = var.worker.name } }
    notifier = {
      namespace  = "AWS/Lambda"
      dimensions = { FunctionName = one(var.notifications.functions.notifier[*].name) }
    }
    untold = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = var.notifications.failures_queue_name }
    }
    unsent = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = var.queue.recurring.unsent_queue_name }
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
    table = { namespace = "AWS/DynamoDB", dimensions = { TableName = var.table_name } }
    # What the worker says itself, of all types and outcomes together.
    commands = { namespace = var.metrics_namespace, dimensions = { service = var.worker.name } }
    status = {
      namespace = var.metrics_namespace, dimensions = { service = var.api.status_function }
    }
  }

  # Source, name and statistic.
  named = {
    requests             = ["api", "Count", "Sum"]
    client_errors        = ["api", local.api_metrics.names.client_errors, "Sum"]
    server_errors        = ["api", local.api_metrics.names.server_errors, "Sum"]
    latency              = ["api", "Latency", "p95"]
    sent                 = ["queue", "NumberOfMessagesSent", "Sum"]
    waiting              = ["queue", "ApproximateNumberOfMessagesVisible", "Maximum"]
    in_flight            = ["queue", "ApproximateNumberOfMessagesNotVisible", "Maximum"]
    oldest               = ["queue", "ApproximateAgeOfOldestMessage", "Maximum"]
    dead_letter_messages = ["dlq", "ApproximateNumberOfMessagesVisible", "Maximum"]
    oldest_dead          = ["dlq", "ApproximateAgeOfOldestMessage", "Maximum"]
    invocations          = ["worker", "Invocations", "Sum"]
    errors               = ["worker", "Errors", "Sum"]
    throttles            = ["worker", "Throttles", "Sum"]
    duration             = ["worker", "Duration", "Maximum"]
    concurrency          = ["worker", "ConcurrentExecutions", "Maximum"]
    read_throttles       = ["table", "ReadThrottleEvents", "Sum"]
    write_throttles      = ["table", "WriteThrottleEvents", "Sum"]
    read_units           = ["table", "ConsumedReadCapacityUnits", "Sum"]
    write_units          = ["table", "ConsumedWriteCapacityUnits", "Sum"]
    command_age          = ["commands", "CommandAge", "p95"]
    commands             = ["commands", "CommandAge", "SampleCount"]
    untold               = ["untold", "ApproximateNumberOfMessagesVisible", "Maximum"]
    unsent               = ["unsent", "ApproximateNumberOfMessagesVisible", "Maximum"]
    untold_age           = ["notifier", "IteratorAge", "Maximum"]
    notifier_runs        = ["notifier", "Invocations", "Sum"]
    notifier_errors      = ["notifier", "Errors", "Sum"]
    notifier_throttles   = ["notifier", "Throttles", "Sum"]
    due_deliveries       = ["webhook_queue", "ApproximateNumberOfMessagesVisible", "Maximum"]
    later_deliveries     = ["webhook_queue", "ApproximateNumberOfMessagesNotVisible", "Maximum"]
    oldest_delivery      = ["webhook_queue", "ApproximateAgeOfOldestMessage", "Maximum"]
    failed_deliveries    = ["webhook_dlq", "ApproximateNumberOfMessagesVisible", "Maximum"]
    sender_runs          = ["webhook_sender", "Invocations", "Sum"]
    sender_errors        = ["webhook_sender", "Errors", "Sum"]
    sender_throttles     = ["webhook_sender", "Throttles", "Sum"]
    sender_concurrency   = ["webhook_sender", "ConcurrentExecutions", "Maximum"]
    push_connections     = ["push_api", "ConnectCount", "Sum"]
    push_messages        = ["push_api", "MessageCount", "Sum"]
    push_refusals        = ["push_api", "ClientError", "Sum"]
    push_failed_calls    = ["push_api", "ExecutionError", "Sum"]
    push_errors          = ["push", "Errors", "Sum"]
    push_throttles       = ["push", "Throttles", "Sum"]
    push_duration        = ["push", "Duration", "Maximum"]
    lost                 = ["status", "Lost", "Sum"]
  }

  metrics = merge(local.base_metrics, local.all_queue_metrics)
  all_sources = merge(
    local.sources,
    local.batch_sources,
  )
  all_named = merge(
    local.named,
    local.batch_metrics,
  )
  base_metrics = {
    for key, metric in local.all_named : key => {
      namespace  = local.all_sources[metric[0]].namespace
      dimensions = local.all_sources[metric[0]].dimensions
      name       = metric[1]
      stat       = metric[2]
    }
  }
}
