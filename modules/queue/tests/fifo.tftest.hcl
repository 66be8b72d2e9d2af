# A queue that keeps the order of its groups.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name     = "acme-dev-work-queue"
  dlq_name = "acme-dev-work-dlq"
  fifo     = true
}

run "both_queues_keep_the_order_of_groups" {
  command = plan

  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dlq] :
      queue.fifo_queue && queue.content_based_deduplication &&
      queue.deduplication_scope == "messageGroup" &&
      queue.fifo_throughput_limit == "perMessageGroupId" && endswith(queue.name, ".fifo")
    ])
    error_message = "queue and dead-letter queue must be FIFO, with throughput per group"
  }

  assert {
    condition = (
      jsondecode(aws_sqs_queue.dlq.redrive_allow_policy).sourceQueueArns
      == ["arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue.fifo"]
    )
    error_message = "unexpected: ${aws_sqs_queue.dlq.redrive_allow_policy}"
  }
}

run "has_the_receives_of_a_standard_queue" {
  command = plan

  assert {
    condition = (
      jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 240 && output.fifo
    )
    error_message = "unexpected: ${aws_sqs_queue.this.redrive_policy}"
  }
}

run "the_worker_may_send_dead_letters_to_their_own_queue_only" {
  command = plan

  assert {
    condition = jsondecode(output.policies.dead_letter).Statement == [{
      Effect   = "Allow", Action = ["sqs:SendMessage"]
      Resource = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-dlq.fifo"
    }]
    error_message = "unexpected: ${output.policies.dead_letter}"
  }
}

run "takes_no_schedules" {
  command = plan

  variables {
    schedules = {}
  }

  expect_failures = [var.schedules]
}

run "keeps_the_order_of_a_schedule_on_a_fifo_queue" {
  command = plan

  variables {
    recurring = { schedules = { nightly = { cron = "0 2 * * ? *", type = "echo" } } }
  }

  assert {
    condition = (
      jsondecode(aws_scheduler_schedule.this["nightly"].target[0].input).MessageGroupId
      == "nightly" &&
      jsondecode(aws_scheduler_schedule.this["nightly"].target[0].input).MessageDeduplicationId
      == "nightly:<aws.scheduler.scheduled-time>"
    )
    error_message = "two runs with the same input are not one"
  }
}

run "rejects_skipped_runs_in_a_queue_with_an_order" {
  command = plan
  variables {
    recurring = {
      schedules = { nightly = { cron = "0 2 * * ? *", type = "echo", overlap = "skip" } }
    }
  }
  expect_failures = [var.recurring]
}
