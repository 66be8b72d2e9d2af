output "listens" {
  description = "True if anything is told of commands, so that the table needs its stream."
  value       = local.listens
}

output "functions" {
  description = "The functions by what they do, module `function` as a whole; null where off."
  value = {
    notifier       = one(module.notifier)
    push           = one(module.push[*].function)
    webhook_sender = one(module.webhooks[*].sender)
  }
}

output "callbacks" {
  description = <<-EOT
    For module `api`: the table of deliveries, environment variables with the rules for URLs, and
    `policies` to read how a delivery went; empty where there are no webhooks.
  EOT
  value = {
    deliveries = local.listeners.webhooks ? module.webhooks[0].deliveries : null
    rules      = local.listeners.webhooks ? module.webhooks[0].rules : {}
    policies = local.listeners.webhooks ? {
      deliveries = module.webhooks[0].policies.read
    } : {}
  }
}

output "addresses" {
  description = <<-EOT
    Where to hear of commands: `event_bus_name` has an event for each that ended, `event_topic_arn`
    a message, and a bus that was there already is named by its ARN; `push_url` is the WebSocket API
    for watching them; `webhook_queue_url` has the deliveries to make, `webhook_dlq_url` those that
    failed, and `deliveries_table_name` says how each went; null where there is none.
  EOT
  value = {
    event_bus_name = (
      var.settings.events != "eventbridge" ? null
      : local.target == null ? aws_cloudwatch_event_bus.this[0].name : local.target.arn
    )
    event_topic_arn = (
      var.settings.events != "sns" ? null
      : local.target == null ? aws_sns_topic.this[0].arn : local.target.arn
    )
    push_url              = one(module.push[*].url)
    webhook_queue_url     = one(module.webhooks[*].queue.url)
    webhook_dlq_url       = one(module.webhooks[*].queue.dlq_url)
    deliveries_table_name = one(module.webhooks[*].deliveries)
  }
}

output "listeners" {
  description = "Who is told, by whether it is turned on: `events`, `push` and `webhooks`."
  value       = local.listeners
}

output "webhook_queue" {
  description = "Queue of deliveries: module `queue` as a whole; null without webhooks."
  value       = one(module.webhooks[*].queue)
}

output "push_api_id" {
  description = "Id of the WebSocket API; null without push."
  value       = one(module.push[*].api_id)
}

output "failures_queue_name" {
  description = "Name of the queue for changes that were never told; null where nothing is told."
  value       = local.listens ? var.names.notifier_failures : null
}
