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

  sources = merge(local.batch_sources, local.notification_sources, {
    api    = { namespace = "AWS/ApiGateway", dimensions = local.api_metrics.dimensions }
    queue  = { namespace = "AWS/SQS", dimensions = { QueueName = var.queue.name } }
    dlq    = { namespace = "AWS/SQS", dimensions = { QueueName = var.queue.dlq_name } }
    worker = { namespace = "AWS/Lambda", dimensions = { FunctionName = var.worker.name } }
    unsent = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = var.queue.recurring.unsent_queue_name }
    }
    table = { namespace = "AWS/DynamoDB", dimensions = { TableName = var.table_name } }
    # What the worker says itself, of all types and outcomes together.
    commands = { namespace = var.metrics_namespace, dimensions = { service = var.worker.name } }
    status = {
      namespace = var.metrics_namespace, dimensions = { service = var.api.status_function }
    }
  })

  # Source, name and statistic.
  named = merge(local.batch_metrics, local.notification_metrics, {
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
    unsent               = ["unsent", "ApproximateNumberOfMessagesVisible", "Maximum"]
    lost                 = ["status", "Lost", "Sum"]
  })

  metrics = merge(local.base_metrics, local.all_queue_metrics)
  base_metrics = {
    for key, metric in local.named : key => {
      namespace  = local.sources[metric[0]].namespace
      dimensions = local.sources[metric[0]].dimensions
      name       = metric[1]
      stat       = metric[2]
    }
  }
}
