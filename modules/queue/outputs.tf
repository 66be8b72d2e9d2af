output "url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "dlq_url" {
  description = "URL of the dead-letter queue."
  value       = aws_sqs_queue.dlq.url
}

output "dlq_arn" {
  description = "ARN of the dead-letter queue."
  value       = aws_sqs_queue.dlq.arn
}

output "dlq_name" {
  description = "Name of the dead-letter queue."
  value       = aws_sqs_queue.dlq.name
}

output "visibility_timeout_seconds" {
  description = "Visibility timeout of the queue, in seconds."
  value       = local.visibility_timeout_seconds
}

output "policies" {
  description = <<-EOT
    IAM policies (JSON) by verb: `consume` and `send`; for the DLQ, `dead_letter`; for both,
    `count` their messages.
  EOT
  value       = local.policies
}

output "fifo" {
  description = "True for a FIFO queue, which keeps the order of each message group."
  value       = aws_sqs_queue.this.fifo_queue
}

output "retention_seconds" {
  description = "Retention of messages, in seconds."
  value       = aws_sqs_queue.this.message_retention_seconds
}

output "dlq_retention_seconds" {
  description = "Retention of dead-letter messages, in seconds."
  value       = aws_sqs_queue.dlq.message_retention_seconds
}

output "consumer" {
  description = "Sizes of the consumer, for modules `worker` and `monitoring`."
  value       = var.consumer
}

output "address" {
  description = <<-EOT
    What others know of the queue, from its name and settings alone: `url`, `arn`, `fifo`,
    `max_message_size`, `consumer`, retentions, `policies`, and the variables of functions that
    know its `schedules`, make `recurring` ones, or take ids of clients but those that it
    `reserves`. API Gateway replaces integrations by successors that come first, and Terraform would
    replace everything that they refer to in the same way: a queue whose name stays would be deleted
    after its successor was "made".
  EOT
  value = {
    url                   = local.url
    arn                   = local.arn
    fifo                  = var.fifo
    max_message_size      = var.max_message_size
    consumer              = var.consumer
    retention_seconds     = var.retention_seconds
    dlq_retention_seconds = var.dlq_retention_seconds
    policies              = { send = local.policies.send }
    schedules             = local.schedule_environment
    recurring             = local.by_api.environment
    reserves              = local.reserved_environment
  }
}

output "schedules" {
  description = <<-EOT
    For functions that schedule commands or take them back: their `environment`, and the policies
    of the `worker` and of the `cancel` function. All are empty without `schedules`.
  EOT
  value = {
    environment = local.schedule_environment

    worker = local.schedules ? { schedule = local.schedule_policies.schedule } : {}
    cancel = local.schedules ? { unschedule = local.schedule_policies.unschedule } : {}
  }
}

output "recurring" {
  description = <<-EOT
    Recurring schedules: whether there are any (`enabled`), the `names` and `group` of Terraform's,
    and `unsent_queue_name`, the queue of runs that could not be sent; null without any.
    `policies` are those of the function that makes schedules of clients, empty without `by_api`.
  EOT
  value = {
    enabled           = local.has_recurring
    names             = keys(local.recurring)
    group             = length(local.recurring) > 0 ? local.recurring_name : null
    unsent_queue_name = local.has_recurring ? local.recurring_name : null
    policies          = local.by_api.policies
  }
}
