output "counts_batches" {
  description = "True if batches are counted, so that the table needs its stream."
  value       = var.settings.batches
}

output "batches" {
  description = <<-EOT
    Names of the batch counter, of its queue of failures and of the table, and of the queues and
    the function of transfers, which are null without uploads; null without batches.
  EOT
  value = one([
    for batches in module.batches : {
      counter_name        = batches.counter.name
      failures_queue_name = batches.failures_queue_name
      table_name          = batches.table
      transfer            = batches.transfer_queue
      transfer_name       = one(batches.transfer[*].name)
    }
  ])
}
