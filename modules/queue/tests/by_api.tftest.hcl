# Recurring schedules of clients.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name     = "acme-dev-work-queue"
  dlq_name = "acme-dev-work-dlq"
}

run "clients_have_no_group_by_default" {
  command = plan

  assert {
    condition = (
      length(aws_scheduler_schedule_group.api) == 0 &&
      length(output.recurring.policies) + length(output.address.recurring) == 0
    )
    error_message = "recurring schedules must cost nothing while there are none"
  }
}

run "lets_clients_make_schedules_in_a_group_of_their_own" {
  command = plan

  variables {
    recurring = { by_api = true }
  }

  assert {
    condition = (
      length(aws_scheduler_schedule_group.recurring) == 0 &&
      aws_scheduler_schedule_group.api[0].name == "acme-dev-work-queue-api" &&
      output.recurring.enabled && output.recurring.group == null &&
      output.recurring.unsent_queue_name == "acme-dev-work-queue-recurring"
    )
    error_message = "a group for clients alone, and a queue for what could not be sent"
  }

  assert {
    condition = one(
      jsondecode(aws_iam_role.recurring[0].assume_role_policy).Statement
      ).Condition.StringEquals["aws:SourceArn"] == [
      "arn:aws:scheduler:us-east-1:123456789012:schedule-group/acme-dev-work-queue-api"
    ]
    error_message = "no other group may use the role"
  }

  assert {
    condition = output.address.recurring == tomap({
      RECURRING_GROUP      = "acme-dev-work-queue-api"
      RECURRING_ROLE_ARN   = "arn:aws:iam::123456789012:role/acme-dev-work-queue-recurring"
      RECURRING_QUEUE_URL  = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
      RECURRING_UNSENT_ARN = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue-recurring"
    })
    error_message = "unexpected: ${jsonencode(output.address.recurring)}"
  }

  assert {
    condition = jsondecode(output.recurring.policies.schedules).Statement == [
      {
        Effect = "Allow"
        Action = [
          "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule",
          "scheduler:UpdateSchedule",
        ]
        Resource = ["arn:aws:scheduler:us-east-1:123456789012:schedule/acme-dev-work-queue-api/*"]
      },
      { Effect = "Allow", Action = ["scheduler:ListSchedules"], Resource = ["*"] },
      {
        Effect   = "Allow"
        Action   = ["iam:PassRole"]
        Resource = ["arn:aws:iam::123456789012:role/acme-dev-work-queue-recurring"]
        Condition = {
          StringEquals = { "iam:PassedToService" = "scheduler.amazonaws.com" }
        }
      },
    ]
    error_message = "unexpected: ${output.recurring.policies.schedules}"
  }
}
