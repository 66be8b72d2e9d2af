# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name     = "acme-dev-work-queue"
  dlq_name = "acme-dev-work-dlq"
}

run "rejects_a_name_of_81_characters" {
  command = plan
  variables { name = format("%081d", 0) }
  expect_failures = [var.name]
}

run "rejects_a_message_that_sqs_does_not_take" {
  command = plan
  variables { max_message_size = 1048577 }
  expect_failures = [var.max_message_size]
}

# Runs with provider 5.x, as the lock of this folder or the lack of one says.
run "rejects_a_message_that_the_provider_does_not_set" {
  command = plan
  variables { max_message_size = 1048576 }
  expect_failures = [var.max_message_size]
}

run "rejects_a_name_with_a_space" {
  command = plan
  variables { name = "work queue" }
  expect_failures = [var.name]
}

run "rejects_a_dead_letter_name_with_a_dot" {
  command = plan
  variables { dlq_name = "work.dlq" }
  expect_failures = [var.dlq_name]
}

run "rejects_a_dead_letter_queue_that_is_the_queue" {
  command = plan
  variables { dlq_name = "acme-dev-work-queue" }
  expect_failures = [var.dlq_name]
}

run "rejects_a_fifo_name_that_leaves_no_room_for_its_ending" {
  command = plan
  variables {
    fifo = true
    name = format("%076d", 0)
  }
  expect_failures = [var.fifo]
}

run "rejects_a_timeout_above_the_limit_of_lambda" {
  command = plan
  variables { consumer = { timeout_seconds = 901 } }
  expect_failures = [var.consumer]
}

run "rejects_a_timeout_that_no_attempt_fits_in" {
  command = plan
  variables { consumer = { timeout_seconds = 2 } }
  expect_failures = [var.consumer]
}

run "rejects_a_batching_window_above_five_minutes" {
  command = plan
  variables { consumer = { batching_window_seconds = 301 } }
  expect_failures = [var.consumer]
}

run "rejects_a_retention_below_a_minute" {
  command = plan
  variables { retention_seconds = 59 }
  expect_failures = [var.retention_seconds]
}

run "rejects_a_retention_of_fewer_than_40_receives" {
  command = plan
  variables { retention_seconds = 14399 } # 80 * 6 * 30 - 1
  expect_failures = [var.retention_seconds]
}

run "takes_a_retention_of_40_receives" {
  command = plan
  variables { retention_seconds = 14400 }

  assert {
    condition     = local.max_receive_count == 40
    error_message = "14,400 / (2 * 180), not ${local.max_receive_count}"
  }
}

run "rejects_a_timeout_that_leaves_fewer_than_40_receives_in_a_fifo_queue" {
  command = plan
  variables {
    fifo     = true
    consumer = { timeout_seconds = 181 }
  }
  expect_failures = [var.retention_seconds]
}

run "rejects_a_retention_above_two_weeks" {
  command = plan
  variables { retention_seconds = 1209601 }
  expect_failures = [var.retention_seconds]
}

run "rejects_a_dead_letter_retention_above_two_weeks" {
  command = plan
  variables { dlq_retention_seconds = 1209601 }
  expect_failures = [var.dlq_retention_seconds]
}

run "rejects_dead_letters_that_expire_before_commands" {
  command = plan
  variables { dlq_retention_seconds = 86399 }
  expect_failures = [var.dlq_retention_seconds]
}

run "rejects_an_empty_batch" {
  command = plan
  variables { consumer = { batch_size = 0 } }
  expect_failures = [var.consumer]
}

run "rejects_a_batch_above_10000" {
  command = plan
  variables { consumer = { batch_size = 10001, batching_window_seconds = 1 } }
  expect_failures = [var.consumer]
}

run "rejects_a_batch_above_ten_without_a_window" {
  command = plan
  variables { consumer = { batch_size = 11 } }
  expect_failures = [var.consumer]
}

run "rejects_a_concurrency_of_one" {
  command = plan
  variables { consumer = { max_concurrency = 1 } }
  expect_failures = [var.consumer]
}

run "rejects_a_concurrency_above_1000" {
  command = plan
  variables { consumer = { max_concurrency = 1001 } }
  expect_failures = [var.consumer]
}

run "rejects_a_window_for_a_fifo_queue" {
  command = plan
  variables {
    fifo     = true
    consumer = { batch_size = 10, batching_window_seconds = 1 }
  }
  expect_failures = [var.consumer]
}

# AWS takes these limits.
run "takes_the_smallest_and_the_largest_numbers" {
  command = plan
  variables {
    retention_seconds = 1209600
    consumer = {
      timeout_seconds = 900, batch_size = 10000, batching_window_seconds = 300, max_concurrency = 2
    }
  }

  assert {
    condition     = output.consumer.batch_size == 10000 && output.visibility_timeout_seconds == 5700
    error_message = "the worker goes by what the queue was given"
  }
}

run "rejects_everybody_as_a_sender" {
  command = plan
  variables { senders = ["*"] }
  expect_failures = [var.senders]
}
