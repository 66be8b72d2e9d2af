output "endpoints" {
  description = "Receivers that the environment names, with what each is told."
  value       = var.settings.endpoints
}

output "deliveries" {
  description = "Name of the table of deliveries."
  value       = module.deliveries.name
}

output "rules" {
  description = "Environment variables by which a function knows where callbacks may go."
  value       = local.rules
}

output "policies" {
  description = "IAM policies (JSON) by verb: `queue` a delivery, `read` how one went."
  value = {
    queue = module.queue.policies.send
    read  = module.deliveries.policies.read
  }
}

output "queue_url" {
  description = "URL of the queue of deliveries."
  value       = module.queue.url
}

output "dlq_name" {
  description = "Name of the queue for deliveries that failed all their tries."
  value       = module.queue.dlq_name
}

output "dlq_url" {
  description = "URL of the queue for deliveries that failed all their tries."
  value       = module.queue.dlq_url
}

output "sender" {
  description = "The function that delivers: module `worker` as a whole."
  value       = module.sender
}
