# Names of module `notifications`.

output "events" {
  description = "Name of the bus or topic that tells of commands that ended."
  value       = "${local.this}-events"
}

output "notifier" {
  description = "Name of the notifier."
  value       = "${local.this}-notifier"
}

output "notifier_failures" {
  description = "Name of the queue for what the notifier could not tell."
  value       = "${local.this}-notifier-failures"
}

output "push" {
  description = "Name of the WebSocket API, and of its function."
  value       = "${local.this}-push"
}

output "watches" {
  description = "Name of the table of who watches which command."
  value       = "${local.this}-watches"
}

output "webhook_queue" {
  description = "Name of the queue of deliveries."
  value       = "${local.this}-webhook-queue"
}

output "webhook_dlq" {
  description = "Name of the queue for deliveries that failed all their tries."
  value       = "${local.this}-webhook-dlq"
}

output "webhook_sender" {
  description = "Name of the webhook sender."
  value       = "${local.this}-webhook-sender"
}

output "deliveries" {
  description = "Name of the table of deliveries."
  value       = "${local.this}-deliveries"
}
