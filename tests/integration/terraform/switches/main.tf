provider "aws" {}

variable "enabled" {
  type    = bool
  default = true
}

# Without a dead-letter queue, for each queue takes the provider 25 seconds.
resource "aws_sqs_queue" "this" {
  name                       = "integration-switches-queue"
  visibility_timeout_seconds = 30
  message_retention_seconds  = 3600
}

module "data" {
  source = "../../../../modules/data"
  name   = "integration-switches-commands"
}

module "worker" {
  source   = "../../../../modules/worker"
  name     = "integration-switches-worker"
  runtime  = { package_path = "../../../../build/lambda.zip" }
  data     = module.data.store
  secrets  = { prefix = "/dev/integration/" }
  settings = { enabled = var.enabled }
  queue = merge(aws_sqs_queue.this, {
    dlq_url           = aws_sqs_queue.this.url
    retention_seconds = 345600
    consumer          = { timeout_seconds = 5, batch_size = 10, max_concurrency = 2 }
  })
  policies = {
    commands = module.data.policies.write
    consume = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect = "Allow"
        Action = [
          "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
          "sqs:ChangeMessageVisibility",
        ]
        Resource = [aws_sqs_queue.this.arn]
      }]
    })
  }
}

output "queue_url" { value = aws_sqs_queue.this.url }
output "queue_arn" { value = aws_sqs_queue.this.arn }
output "function" { value = module.worker.name }
output "table" { value = module.data.name }
