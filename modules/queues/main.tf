data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  names = {
    for name in keys(var.queues) : name => {
      queue  = "${var.names.prefix}-work-${name}-queue"
      dlq    = "${var.names.prefix}-work-${name}-dlq"
      worker = "${var.names.prefix}-worker-${name}"
    }
  }

  # A draining queue takes nothing more: its worker moves what is left to where it belongs.
  open = { for name, own in var.queues : name => own if !own.draining }

  # From names alone, as output `address` of module `queue`, which says why.
  named = {
    for name in keys(var.queues) : name => {
      url = join("/", [
        "https://sqs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}",
        data.aws_caller_identity.current.account_id, local.names[name].queue,
      ])
      arn = join(":", [
        "arn", data.aws_partition.current.partition, "sqs", data.aws_region.current.id,
        data.aws_caller_identity.current.account_id, local.names[name].queue,
      ])
    }
  }
  addresses = { for name, own in local.open : name => local.named[name] if own.priority }
  use_key = [
    for key in var.kms_key[*] : {
      Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = key.arn
    }
  ]
}

locals {
  queues = {
    for name, own in var.queues : name => {
      consumer = {
        timeout_seconds = coalesce(own.timeout, var.queue.consumer.timeout_seconds)
        batch_size      = coalesce(own.batch_size, var.queue.consumer.batch_size)
        max_concurrency = coalesce(own.max_concurrency, var.queue.consumer.max_concurrency)
        batching_window_seconds = coalesce(
          own.batching_window_seconds, var.queue.consumer.batching_window_seconds
        )
      }
    }
  }

  # Module `queue` asks for 80 visibility timeouts; a slow queue has to keep its messages longer.
  retention = {
    for name, it in local.queues : name => max(var.queue.retention_seconds, 80 * (
      6 * it.consumer.timeout_seconds + it.consumer.batching_window_seconds
    ))
  }

  urls = merge({ default = var.queue.url }, { for name, it in local.named : name => it.url })
  arns = concat([var.queue.arn], values(local.named)[*].arn)
  directory = length(var.queues) == 0 ? {} : {
    for name in concat(["default"], keys(local.open)) : name => {
      url               = local.urls[name]
      priority          = try(var.queues[name].priority, false)
      retention_seconds = try(local.retention[name], var.queue.retention_seconds)
    }
  }

  # One statement, however many queues there are: the policies of a role have 10,240 characters.
  send = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = local.arns }], local.use_key
    )
  })
  policies = length(var.queues) == 0 ? {} : { send_to_queues = local.send }
}

module "queue" {
  source   = "../queue"
  for_each = local.queues

  name                  = local.names[each.key].queue
  dlq_name              = local.names[each.key].dlq
  consumer              = each.value.consumer
  retention_seconds     = local.retention[each.key]
  dlq_retention_seconds = max(local.retention[each.key], var.queue.dlq_retention_seconds)
  max_message_size      = var.queue.max_message_size
  kms_key               = var.kms_key
  draining              = var.queues[each.key].draining
}

# May do what the worker of the default queue may, but consumes its own queue.
module "worker" {
  source   = "../worker"
  for_each = local.queues

  name                 = local.names[each.key].worker
  description          = "Worker of the queue ${each.key}"
  queue                = module.queue[each.key]
  queue_name           = each.key
  queues               = local.directory
  memory_mb            = coalesce(var.queues[each.key].memory_size, var.worker.memory_mb)
  runtime              = var.worker.runtime
  data                 = var.worker.data
  secrets              = var.worker.secrets
  default_command_type = var.worker.default_command_type
  max_attempts         = var.worker.max_attempts
  log_exception_text   = var.worker.log_exception_text
  environment          = var.worker.environment
  layers               = var.worker.layers
  settings = merge(var.worker.settings, {
    enabled = var.worker.settings.enabled && var.queues[each.key].enabled
  })

  policies = merge(var.worker.policies, local.policies, {
    consume     = module.queue[each.key].policies.consume
    dead_letter = module.queue[each.key].policies.dead_letter
  })
}

# What is there, as of the last apply: a queue that is no longer declared would be deleted.
data "aws_sqs_queues" "deployed" {
  queue_name_prefix = "${var.names.prefix}-work-"
}

locals {
  deployed = {
    for name in flatten([
      for url in data.aws_sqs_queues.deployed.queue_urls :
      regexall("/${var.names.prefix}-work-([a-z][a-z0-9]*)-queue$", url)
    ]) : name => "${var.names.prefix}-work-${name}-queue"
  }
  removed = { for name, queue in local.deployed : name => queue if !can(var.queues[name]) }
}

data "aws_sqs_queue" "removed" {
  for_each = local.removed
  name     = each.value
}
