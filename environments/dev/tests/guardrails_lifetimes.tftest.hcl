# How long messages, commands and attempts last must fit together; a rule about two of them is
# checked where neither breaks a rule of its own.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project       = "acme-jobs"
  environment   = "dev"
  secrets       = {}
  secret_values = {}
  routes        = {}
}

run "rejects_a_retention_below_a_minute" {
  command = plan
  variables { sqs_retention_seconds = 59 }
  expect_failures = [var.sqs_retention_seconds]
}

run "rejects_a_retention_above_two_weeks" {
  command = plan
  variables { sqs_retention_seconds = 1209601 }
  expect_failures = [var.sqs_retention_seconds]
}

run "rejects_a_retention_that_leaves_fewer_than_40_receives" {
  command = plan
  variables { sqs_retention_seconds = 14399 } # 80 * 6 * 30 - 1
  expect_failures = [var.sqs_retention_seconds]
}

run "rejects_a_timeout_that_leaves_fewer_than_40_receives" {
  command = plan
  variables { worker_timeout = 181 } # 80 * 6 * 180 s are a day
  expect_failures = [var.sqs_retention_seconds]
}

run "takes_what_leaves_40_receives" {
  command = plan
  variables {
    worker_timeout        = 900
    sqs_retention_seconds = 432000
  }

  assert {
    condition     = module.queue.visibility_timeout_seconds == 5400
    error_message = "80 * 5,400 s are five days"
  }
}

run "rejects_dead_letters_that_expire_before_commands" {
  command = plan
  variables { dlq_retention_seconds = 86399 }
  expect_failures = [var.dlq_retention_seconds]
}

run "rejects_dead_letters_for_more_than_two_weeks" {
  command = plan
  variables { dlq_retention_seconds = 1209601 }
  expect_failures = [var.dlq_retention_seconds]
}

run "rejects_keeping_a_command_for_no_day" {
  command = plan
  variables { command_retention_days = 0 }
  expect_failures = [var.command_retention_days]
}

run "rejects_keeping_a_command_for_more_than_ten_years" {
  command = plan
  variables { command_retention_days = 3651 }
  expect_failures = [var.command_retention_days]
}

run "rejects_a_command_that_its_dead_letter_outlives" {
  command = plan
  variables {
    command_retention_days = 13
    dlq_retention_seconds  = 1209600 # 14 days
  }
  expect_failures = [var.command_retention_days]
}

run "takes_a_command_that_outlives_its_dead_letter" {
  command = plan
  variables {
    command_retention_days = 2
    dlq_retention_seconds  = 172800
  }

  assert {
    condition = (
      module.cancel.environment.RETENTION_DAYS == "2" &&
      module.worker.environment.RETENTION_DAYS == "2"
    )
    error_message = "what ended and what was cancelled is remembered alike"
  }
}
