output "listens" {
  description = "True if anything is told of commands, so that the table needs its stream."
  value       = local.listens
}

output "functions" {
  description = "The functions by what they do, module `function` as a whole; null where off."
  value = {
    notifier = one(module.notifier)
    push     = one(module.push[*].function)
  }
}

output "addresses" {
  description = <<-EOT
    Where to hear of commands: `event_bus_name` has an event for each that ended, `event_topic_arn`
    a message; `push_url` is the WebSocket API for watching them; null where there is none.
  EOT
  value = {
    event_bus_name  = one(aws_cloudwatch_event_bus.this[*].name)
    event_topic_arn = one(aws_sns_topic.this[*].arn)
    push_url        = one(module.push[*].url)
  }
}

output "failures_queue_name" {
  description = "Name of the queue for changes that were never told; null where nothing is told."
  value       = local.listens ? var.names.notifier_failures : null
}
