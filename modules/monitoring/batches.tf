# What is watched of batches: alarms, metrics and rows of the dashboard.

locals {
  # What follows a batch waits for its counter.
  uncounted_ms = 60000
  # Each slice leaves a new message; one that is older has failed and failed again.
  transfer_seconds = 900

  # Where members of batches are counted.
  counting = {
    uncounted-members = {
      means      = "The members of batches are not counted, or late."
      metrics    = { uncounted = local.metrics.uncounted, age = local.metrics.uncounted_age }
      expression = "FILL(uncounted, 0) + IF(FILL(age, 0) > ${local.uncounted_ms}, 1, 0)"
      label      = "given up, and one if the counter is behind"
      threshold  = 0, minutes = 1
    }
  }

  # Where batches are uploaded.
  transferring = {
    stopped-batches = {
      means      = "Lines of uploaded batches do not become commands, or results are not listed."
      metrics    = { stopped = local.metrics.stopped, age = local.metrics.transfer_age }
      expression = "FILL(stopped, 0) + IF(FILL(age, 0) > ${local.transfer_seconds}, 1, 0)"
      label      = "given up, and one if a batch waits"
      threshold  = 0, minutes = 1
    }
  }

  batch_alarms = merge(
    { for key, alarm in local.counting : key => alarm if var.api.batches != null },
    {
      for key, alarm in local.transferring :
      key => alarm if try(var.api.batches.transfer, null) != null
    },
  )

  batch_sources = {
    batch_counter = {
      namespace  = "AWS/Lambda"
      dimensions = { FunctionName = one(var.api.batches[*].counter_name) }
    }
    uncounted = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = one(var.api.batches[*].failures_queue_name) }
    }
    batch_transfer = {
      namespace  = "AWS/Lambda"
      dimensions = { FunctionName = one(var.api.batches[*].transfer_name) }
    }
    transfers = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = try(var.api.batches.transfer.name, null) }
    }
    stopped = {
      namespace  = "AWS/SQS"
      dimensions = { QueueName = try(var.api.batches.transfer.dlq_name, null) }
    }
  }

  batch_metrics = {
    uncounted          = ["uncounted", "ApproximateNumberOfMessagesVisible", "Maximum"]
    uncounted_age      = ["batch_counter", "IteratorAge", "Maximum"]
    counter_runs       = ["batch_counter", "Invocations", "Sum"]
    counter_errors     = ["batch_counter", "Errors", "Sum"]
    counter_throttles  = ["batch_counter", "Throttles", "Sum"]
    stopped            = ["stopped", "ApproximateNumberOfMessagesVisible", "Maximum"]
    transfer_age       = ["transfers", "ApproximateAgeOfOldestMessage", "Maximum"]
    transfer_runs      = ["batch_transfer", "Invocations", "Sum"]
    transfer_errors    = ["batch_transfer", "Errors", "Sum"]
    transfer_throttles = ["batch_transfer", "Throttles", "Sum"]
  }

  batch_rows = [
    [
      {
        title = "Batch counter: runs and errors"
        show  = ["counter_runs", "counter_errors", "counter_throttles"]
      },
      {
        title = "Batch counter: age of what it reads (ms)", show = ["uncounted_age"]
        limit = local.uncounted_ms
      },
      { title = "Members that were never counted", show = ["uncounted"], limit = 1 },
    ],
  ]

  transfer_rows = [
    [
      {
        title = "Batch transfer: runs and errors"
        show  = ["transfer_runs", "transfer_errors", "transfer_throttles"]
      },
      {
        title = "Batch transfer: age of the oldest (s)", show = ["transfer_age"]
        limit = local.transfer_seconds
      },
      { title = "Batches that were given up", show = ["stopped"], limit = 1 },
    ],
  ]

  rows_of_batches = concat(
    [for row in local.batch_rows : row if var.api.batches != null],
    [for row in local.transfer_rows : row if try(var.api.batches.transfer, null) != null],
  )
}
