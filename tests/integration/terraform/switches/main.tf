provider "aws" {}

variable "enabled" {
  type    = bool
  default = true
}

locals {
  consumer = { timeout_seconds = 5, batch_size = 10, max_concurrency = 2 }
}

# Without a dead-letter queue, for each queue takes the provider 25 seconds.
resource "aws_sqs_queue" "this" {
  name                       = "integration-switches-queue"
  visibility_timeout_seconds = 30
  message_retention_seconds  = 3600
}

module "data" {
  source = "../../../../modules/data"

  name = "integration-switches-commands"
}

module "worker" {
  source = "../../../../modules/worker"

  name         = "integration-switches-worker"
  package_path = "../../../../build/lambda.zip"
  queue        = aws_sqs_queue.this
  consumer     = local.consumer
  enabled      = var.enabled

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

  environment = {
    TABLE_NAME              = module.data.name
    TTL_ATTRIBUTE           = module.data.ttl_attribute
    QUEUE_URL               = aws_sqs_queue.this.url
    QUEUE_RETENTION_SECONDS = 345600
    DLQ_URL                 = aws_sqs_queue.this.url
    MAX_ATTEMPTS            = 3
    BATCH_CONCURRENCY       = 10
    DEFAULT_COMMAND_TYPE    = "echo"
    RETENTION_DAYS          = 1
    SECRET_PREFIX           = "/dev/integration/"
  }
}

output "queue_url" {
  value = aws_sqs_queue.this.url
}

output "queue_arn" {
  value = aws_sqs_queue.this.arn
}

output "function" {
  value = module.worker.name
}

output "table" {
  value = module.data.name
}
