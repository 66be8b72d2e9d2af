# Recurring schedules, which send commands to the queue.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name     = "acme-dev-work-queue"
  dlq_name = "acme-dev-work-dlq"
  recurring = {
    permissions_boundary = "arn:aws:iam::123456789012:policy/acme"
    schedules = {
      nightly = {
        cron     = "0 2 * * ? *"
        timezone = "Europe/Berlin"
        type     = "generate_report"
        input    = <<-EOT
          {"until": "<aws.scheduler.scheduled-time>", "x": "<aws.scheduler.execution-id>"}
        EOT
      }
      paused = {
        cron = "0/15 8-18 ? * MON-FRI *", type = "echo", enabled = false, overlap = "skip"
      }
    }
  }
}

run "has_none_by_default" {
  command = plan

  variables {
    recurring = {}
  }

  assert {
    condition = (
      length(aws_scheduler_schedule.this) + length(aws_scheduler_schedule_group.recurring)
      + length(aws_iam_role.recurring) + length(aws_sqs_queue.unsent) == 0 &&
      !output.recurring.enabled && output.recurring.group == null &&
      length(output.address.reserves) == 0
    )
    error_message = "recurring schedules must cost nothing while there are none"
  }
}

run "sends_the_same_id_for_the_same_time" {
  command = plan

  assert {
    condition = jsondecode(
      aws_scheduler_schedule.this["nightly"].target[0].input
    ).MessageAttributes.command_id.StringValue == "nightly:<aws.scheduler.scheduled-time>"
    error_message = "the id must follow from schedule and time"
  }

  assert {
    condition     = output.address.reserves == tomap({ RECURRING_NAMES = "nightly paused" })
    error_message = "no client may take the id of a run"
  }

  assert {
    condition = (
      length(split("<aws.scheduler.", aws_scheduler_schedule.this["nightly"].target[0].input)) == 3
      && strcontains(
        aws_scheduler_schedule.this["nightly"].target[0].input,
        "\\\"until\\\":\\\"<aws.scheduler.scheduled-time>\\\""
      )
    )
    error_message = "the time's keyword must be literal in id and input, and no other one"
  }

  assert {
    condition = jsondecode(jsondecode(
      aws_scheduler_schedule.this["nightly"].target[0].input
      ).MessageBody) == {
      type = "generate_report"
      input = {
        until = "<aws.scheduler.scheduled-time>", x = "<aws.scheduler.execution-id>"
      }
    }
    error_message = "the body must be a command"
  }
}

run "fires_in_a_time_zone_and_pauses" {
  command = plan

  assert {
    condition = [
      for name in ["nightly", "paused"] : [
        aws_scheduler_schedule.this[name].schedule_expression,
        aws_scheduler_schedule.this[name].schedule_expression_timezone,
        aws_scheduler_schedule.this[name].state,
      ]
      ] == [
      ["cron(0 2 * * ? *)", "Europe/Berlin", "ENABLED"],
      ["cron(0/15 8-18 ? * MON-FRI *)", "UTC", "DISABLED"],
    ]
    error_message = "cron, zone and state are those of the schedule"
  }
}

run "says_whose_runs_are_not_to_overlap" {
  command = plan

  assert {
    condition = [
      for name in ["nightly", "paused"] :
      try(jsondecode(
        aws_scheduler_schedule.this[name].target[0].input
      ).MessageAttributes.schedule.StringValue, "")
    ] == ["", "paused"]
    error_message = "only a schedule that skips runs has its name in their messages"
  }
}

run "may_send_to_the_queue_and_put_aside_what_it_cannot_send" {
  command = plan

  assert {
    condition = (
      aws_iam_role.recurring[0].permissions_boundary == "arn:aws:iam::123456789012:policy/acme"
      && jsondecode(aws_iam_role_policy.recurring[0].policy).Statement == [{
        Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [
          "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue",
          "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue-recurring",
        ]
      }]
    )
    error_message = "unexpected: ${aws_iam_role_policy.recurring[0].policy}"
  }

  assert {
    condition = (
      one(jsondecode(aws_iam_role.recurring[0].assume_role_policy).Statement).Condition == {
        StringEquals = {
          "aws:SourceAccount" = "123456789012"
          "aws:SourceArn" = [
            "arn:aws:scheduler:us-east-1:123456789012:schedule-group/acme-dev-work-queue-recurring"
          ]
        }
      }
    )
    error_message = "only schedules of the group may use the role"
  }
}

run "rejects_five_fields" {
  command = plan
  variables {
    recurring = { schedules = { nightly = { cron = "0 2 * * *", type = "echo" } } }
  }
  expect_failures = [var.recurring]
}

run "rejects_two_days" {
  command = plan
  variables {
    recurring = { schedules = { nightly = { cron = "0 2 * * MON *", type = "echo" } } }
  }
  expect_failures = [var.recurring]
}

run "rejects_a_time_zone_of_no_name" {
  command = plan
  variables {
    recurring = {
      schedules = { nightly = { cron = "0 2 * * ? *", timezone = "+01:00", type = "echo" } }
    }
  }
  expect_failures = [var.recurring]
}

run "rejects_an_input_that_is_no_object" {
  command = plan
  variables {
    recurring = { schedules = { nightly = { cron = "0 2 * * ? *", type = "echo", input = "[1]" } } }
  }
  expect_failures = [var.recurring]
}

run "rejects_an_input_that_no_schedule_carries" {
  command = plan
  variables {
    recurring = {
      schedules = {
        nightly = {
          cron  = "0 2 * * ? *", type = "echo"
          input = "{\"x\": \"${join("", [for n in range(1000) : format("%0300d", n)])}\"}"
        }
      }
    }
  }
  expect_failures = [aws_scheduler_schedule.this]
}

run "rejects_an_overlap_of_another_word" {
  command = plan
  variables {
    recurring = {
      schedules = { nightly = { cron = "0 2 * * ? *", type = "echo", overlap = "cancel" } }
    }
  }
  expect_failures = [var.recurring]
}

run "rejects_a_name_with_a_colon" {
  command = plan
  variables {
    recurring = { schedules = { "night:ly" = { cron = "0 2 * * ? *", type = "echo" } } }
  }
  expect_failures = [var.recurring]
}

run "rejects_a_name_that_no_role_could_have" {
  command = plan
  variables {
    name = "acme-dev-work-queue-${join("", [for number in range(40) : "x"])}"
  }
  expect_failures = [var.recurring]
}
