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

output "queue" {
  description = "Queue of deliveries, and of those that failed all their tries: module `queue`."
  value       = module.queue
}

output "sender" {
  description = "The function that delivers: module `worker` as a whole."
  value       = module.sender
}
