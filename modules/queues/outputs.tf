output "queues" {
  description = "Queue and worker by the queue's name: modules `queue` and `worker` as a whole."
  value = {
    for name in keys(var.queues) :
    name => { queue = module.queue[name], worker = module.worker[name] }
  }

  # A precondition, not a validation: an environment that is destroyed goes with its queues.
  precondition {
    condition = alltrue([
      for queue in data.aws_sqs_queue.removed : lookup(queue.tags, "Draining", "") == "true"
    ])
    error_message = <<-EOT
      ${join(", ", keys(local.removed))} would be deleted with the commands in it. First let it
      drain: declare it as ${try(keys(local.removed)[0], "slow")} = { draining = true } and apply,
      wait until the queue and its dead-letter queue are empty
      (python -m scripts.worker show --queue ${try(keys(local.removed)[0], "slow")}), and take it
      out then: docs/queues.md.
    EOT
  }
}

output "functions" {
  description = "The workers as `worker_<queue>`: modules `worker` as a whole."
  value       = { for name, worker in module.worker : "worker_${name}" => worker }
}

output "outputs" {
  description = "Queues and workers for operators' tools, by the queue's name."
  value = {
    for name in keys(var.queues) : name => {
      sqs_queue_url         = module.queue[name].url
      sqs_queue_arn         = module.queue[name].arn
      sqs_dlq_url           = module.queue[name].dlq_url
      sqs_dlq_arn           = module.queue[name].dlq_arn
      worker_function_name  = module.worker[name].name
      worker_live_version   = module.worker[name].live_version
      worker_newest_version = module.worker[name].newest_version
    }
  }
}

output "directory" {
  description = <<-EOT
    Where commands go, by the queue's name: `url`, `retention_seconds`, and `priority` where clients
    may choose it. Empty with one queue; draining queues are left out.
  EOT
  value       = local.directory
}

output "policies" {
  description = "Grant to send to every queue, for functions that send; empty with one queue."
  value       = local.policies
}

output "addresses" {
  description = <<-EOT
    Queues that clients may choose, from their names alone, as output `address` of module `queue`.
  EOT
  value = {
    for name, it in local.addresses : name => merge(it, {
      policies = {
        send = jsonencode({
          Version = "2012-10-17"
          Statement = concat(
            [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = it.arn }], local.use_key
          )
        })
      }
    })
  }
}
