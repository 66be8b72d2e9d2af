data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  # Built from parts: either queue's policies name the other one or the queue itself, and what is
  # replaced by a successor that comes first must not refer to either (see output `address`).
  arn_prefix = join(":", [
    "arn", data.aws_partition.current.partition, "sqs",
    data.aws_region.current.id, data.aws_caller_identity.current.account_id,
  ])
  name     = var.fifo ? "${var.name}.fifo" : var.name
  dlq_name = var.fifo ? "${var.dlq_name}.fifo" : var.dlq_name
  arn      = "${local.arn_prefix}:${local.name}"
  dlq_arn  = "${local.arn_prefix}:${local.dlq_name}"
  url = join("/", [
    "https://sqs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}",
    data.aws_caller_identity.current.account_id, local.name,
  ])

  # AWS asks for six function timeouts, so that a throttled batch is not delivered twice:
  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  visibility_timeout_seconds = (
    6 * var.consumer.timeout_seconds + var.consumer.batching_window_seconds
  )

  # The worker counts attempts and moves what has used them up. This limit is for a message that
  # kills every worker before it is counted: each such receive lasts one visibility timeout, so that
  # it is a dead-letter message at half of its retention. 1,000 is SQS's own limit.
  max_receive_count = min(
    1000, floor(var.retention_seconds / (2 * local.visibility_timeout_seconds)),
  )

  # Only FIFO queues may have these; the throughput is then per group instead of per queue.
  fifo = var.fifo ? { scope = "messageGroup", limit = "perMessageGroupId" } : {}

  # One or the other.
  encryption = {
    managed = var.kms_key == null ? true : null, key = one(var.kms_key[*].arn)
  }

  largest_message = { provider_5 = 262144, sqs = 1048576 }

  # No function tells the provider's version; its lock is in the root module's folder.
  provider_version = try(
    one(regex(
      "\"registry.terraform.io/hashicorp/aws\" {[^}]*?version\\s+= \"(\\d+)",
      file("${path.root}/.terraform.lock.hcl"),
    )),
    "5",
  )
}

# What the queues were made as: SQS cannot convert one, and another one would be empty.
resource "terraform_data" "fifo" {
  input = var.fifo

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.input == var.fifo
      error_message = <<-EOT
        SQS cannot convert ${var.name}, and another queue would leave its commands behind. Set
        fifo = ${self.input}; for the other kind deploy a second environment, drain this one, and
        destroy it: docs/fifo.md.
      EOT
    }
  }
}

# Policies are inline: as resources of their own each would cost another 25 s in the provider.
resource "aws_sqs_queue" "this" {
  name                       = local.name
  message_retention_seconds  = var.retention_seconds
  visibility_timeout_seconds = local.visibility_timeout_seconds
  max_message_size           = var.max_message_size
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = local.encryption.managed
  kms_master_key_id          = local.encryption.key
  policy                     = local.queue_policies.this
  tags                       = var.draining ? { Draining = "true" } : {}

  fifo_queue                  = var.fifo
  content_based_deduplication = var.fifo
  deduplication_scope         = try(local.fifo.scope, null)
  fifo_throughput_limit       = try(local.fifo.limit, null)

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dlq.arn
    maxReceiveCount     = local.max_receive_count
  })
}

resource "aws_sqs_queue" "dlq" {
  name                      = local.dlq_name
  message_retention_seconds = var.dlq_retention_seconds
  max_message_size          = var.max_message_size
  receive_wait_time_seconds = 20
  sqs_managed_sse_enabled   = local.encryption.managed
  kms_master_key_id         = local.encryption.key
  policy                    = local.queue_policies.dlq

  fifo_queue                  = var.fifo
  content_based_deduplication = var.fifo
  deduplication_scope         = try(local.fifo.scope, null)
  fifo_throughput_limit       = try(local.fifo.limit, null)

  # No other queue may drop its messages here.
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arn]
  })
}
