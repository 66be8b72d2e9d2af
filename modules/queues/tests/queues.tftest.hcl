mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = { prefix = "acme-dev" }
  queue = {
    url  = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    arn  = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    fifo = false, retention_seconds = 86400, dlq_retention_seconds = 1209600
    consumer = {
      timeout_seconds = 30, batch_size = 10, batching_window_seconds = 0, max_concurrency = 10
    }
  }
  worker = {
    runtime = { package_path = "versions.tf" }
    data    = { name = "acme-dev-commands", ttl_attribute = "expiresAt", retention_days = 30 }
    secrets = { prefix = "/dev/acme/" }

    memory_mb = 256, default_command_type = "echo", max_attempts = 3, log_exception_text = false

    environment = {}, layers = [], policies = { commands = "{}" }
    settings    = { enabled = true, batch_concurrency = 10, paused_types = [] }
  }
  queues = { high = { priority = true }, slow = { timeout = 900, max_concurrency = 4 } }
}

run "no_queue_makes_nothing" {
  command = plan

  state_key = "none"
  variables { queues = {} }
  assert {
    condition     = length(output.queues) + length(output.directory) + length(output.policies) == 0
    error_message = "one queue is as simple as it was"
  }
}

run "a_queue_may_be_consumed_by_its_own_worker_only" {
  command = plan

  assert {
    condition = (
      module.worker["slow"].grants
      == toset(["commands", "consume", "dead_letter", "send_to_queues"])
      && module.worker["slow"].environment.QUEUE_URL == module.queue["slow"].url
    )
    error_message = "unexpected: ${join(", ", module.worker["slow"].grants)}"
  }

  assert {
    condition = toset(jsondecode(output.policies.send_to_queues).Statement[0].Resource) == toset([
      for name in ["queue", "high-queue", "slow-queue"] :
      "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-${name}"
    ])
    error_message = "whoever moves commands sends to all queues"
  }

  assert {
    condition = keys(output.addresses) == ["high"] && !output.directory.slow.priority && (
      output.directory.slow.retention_seconds == 432000
    )
    error_message = "clients choose what has a priority only"
  }
}

run "a_draining_queue_takes_nothing_more" {
  command = plan
  variables { queues = { high = { draining = true, priority = true }, slow = {} } }
  assert {
    condition = (
      toset(keys(output.directory)) == toset(["default", "slow"]) && output.addresses == {} &&
      keys(output.queues) == ["high", "slow"]
    )
    error_message = "its worker goes on, but nobody sends to it"
  }
}

run "a_queue_is_drained_before_it_is_taken_out" {
  command = plan
  variables { queues = { high = {} } }
  override_data {
    target = data.aws_sqs_queues.deployed
    values = {
      queue_urls = [
        "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue",
        "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-high-queue",
        "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-slow-queue",
        "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-slow-dlq",
      ]
    }
  }
  override_data {
    target = data.aws_sqs_queue.removed
    values = { tags = {} }
  }
  expect_failures = [output.queues]
}

run "a_drained_queue_can_be_taken_out" {
  command = plan
  variables { queues = {} }
  override_data {
    target = data.aws_sqs_queues.deployed
    values = {
      queue_urls = ["https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-slow-queue"]
    }
  }
  override_data {
    target = data.aws_sqs_queue.removed
    values = { tags = { Draining = "true" } }
  }
}

run "rejects_the_name_of_the_default_queue" {
  command = plan
  variables { queues = { default = {} } }
  expect_failures = [var.queues]
}

run "rejects_a_name_that_no_function_could_have" {
  command = plan
  variables { queues = { extraordinarily = {} } }
  expect_failures = [var.queues]
}

run "rejects_two_queues_that_keep_an_order" {
  command = plan
  variables {
    queue = {
      url  = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue.fifo"
      arn  = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue.fifo"
      fifo = true, retention_seconds = 86400, dlq_retention_seconds = 1209600
      consumer = {
        timeout_seconds = 30, batch_size = 10, batching_window_seconds = 0, max_concurrency = 10
      }
    }
  }
  expect_failures = [var.queues]
}

run "rejects_more_queues_than_a_policy_could_name" {
  command = plan
  variables { queues = { for number in range(11) : "q${number}" => {} } }
  expect_failures = [var.queues]
}

run "rejects_retries_that_outlast_every_retention" {
  command = plan
  variables { queues = { slow = { timeout = 900, batching_window_seconds = 300000 } } }
  expect_failures = [var.queues]
}
