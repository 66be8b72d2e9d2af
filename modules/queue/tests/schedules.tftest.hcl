# Schedules, for commands that start far ahead.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name     = "acme-dev-work-queue"
  dlq_name = "acme-dev-work-dlq"
}

run "has_none_by_default" {
  command = plan

  assert {
    condition = (
      length(aws_scheduler_schedule_group.this) + length(aws_iam_role.schedules) == 0 &&
      alltrue([for it in values(output.schedules) : length(it) == 0])
    )
    error_message = "schedules must cost nothing while they are off"
  }
}

run "lets_the_worker_schedule_in_one_group_and_with_one_role" {
  command = plan

  variables {
    schedules = { permissions_boundary = "arn:aws:iam::123456789012:policy/acme" }
  }

  assert {
    condition = (
      aws_iam_role.schedules[0].permissions_boundary == "arn:aws:iam::123456789012:policy/acme"
      && jsondecode(aws_iam_role_policy.schedules[0].policy).Statement[0].Action
      == ["sqs:SendMessage"]
    )
    error_message = "the role may send to the queue, within the boundary"
  }

  assert {
    condition = (
      one(jsondecode(aws_iam_role.schedules[0].assume_role_policy).Statement).Condition == {
        StringEquals = {
          "aws:SourceAccount" = "123456789012"
          "aws:SourceArn" = [
            "arn:aws:scheduler:us-east-1:123456789012:schedule-group/acme-dev-work-queue"
          ]
        }
      }
    )
    error_message = "only schedules of the group may use the role"
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(output.schedules.worker.schedule).Statement :
      contains(["iam:PassRole"], statement.Action[0])
      ? statement.Resource == ["arn:aws:iam::123456789012:role/acme-dev-work-queue"]
      && statement.Condition.StringEquals["iam:PassedToService"] == "scheduler.amazonaws.com"
      : statement.Resource == [
        "arn:aws:scheduler:us-east-1:123456789012:schedule/acme-dev-work-queue/*"
      ]
    ])
    error_message = "unexpected: ${output.schedules.worker.schedule}"
  }

  assert {
    condition = (
      one(jsondecode(output.schedules.cancel.unschedule).Statement).Action
      == ["scheduler:DeleteSchedule"]
    )
    error_message = "unexpected: ${output.schedules.cancel.unschedule}"
  }
}

run "rejects_a_name_that_no_role_could_have" {
  command = plan
  variables {
    name      = "acme-dev-work-queue-${join("", [for number in range(50) : "x"])}"
    schedules = {}
  }
  expect_failures = [var.schedules]
}
