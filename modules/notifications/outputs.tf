output "listens" {
  description = "True if anything is told of commands, so that the table needs its stream."
  value       = local.listens
}

output "functions" {
  description = "The functions by what they do, module `function` as a whole; null where off."
  value = {
    notifier = one(module.notifier)
  }
}

output "failures_queue_name" {
  description = "Name of the queue for changes that were never told; null where nothing is told."
  value       = local.listens ? var.names.notifier_failures : null
}
