# One-time schedules, which send commands to the queue that start more than 15 minutes ahead.

locals {
  schedules = var.schedules != null
}

resource "aws_scheduler_schedule_group" "this" {
  count = local.schedules ? 1 : 0
  name  = var.name
}

resource "aws_iam_role" "schedules" {
  count                = local.schedules ? 1 : 0
  name                 = var.name
  description          = "Sends scheduled commands to the queue ${var.name}"
  permissions_boundary = var.schedules.permissions_boundary
  assume_role_policy   = local.scheduler_trust.once
}

resource "aws_iam_role_policy" "schedules" {
  count  = local.schedules ? 1 : 0
  name   = "send"
  role   = aws_iam_role.schedules[0].id
  policy = local.policies.send
}

# By names alone, as output `address` says why.
locals {
  schedule_environment = local.schedules ? {
    SCHEDULE_GROUP     = var.name
    SCHEDULE_ROLE_ARN  = local.schedule_role_arn
    SCHEDULE_QUEUE_URL = local.url
  } : {}

  schedule_role_arn = join(":", [
    "arn", data.aws_partition.current.partition, "iam:",
    data.aws_caller_identity.current.account_id, "role/${var.name}",
  ])
  scheduler_prefix = replace(local.arn_prefix, ":sqs:", ":scheduler:")
  schedule_arns    = "${local.scheduler_prefix}:schedule/${var.name}/*"

  # For schedules of this account's groups alone, by which Scheduler names itself to the role. AWS:
  # "Confused deputy prevention in EventBridge Scheduler".
  scheduler_trust = {
    for role, groups in {
      once      = [var.name]
      recurring = local.recurring_groups
      } : role => jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = { Service = "scheduler.amazonaws.com" }
          Condition = { StringEquals = {
            "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            "aws:SourceArn" = [
              for group in groups : "${local.scheduler_prefix}:schedule-group/${group}"
            ]
          } }
        }]
    })
  }

  passes_role = {
    Effect    = "Allow"
    Action    = ["iam:PassRole"]
    Condition = { StringEquals = { "iam:PassedToService" = "scheduler.amazonaws.com" } }
  }

  schedule_grants = {
    schedule = [
      {
        Effect   = "Allow"
        Action   = ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"]
        Resource = [local.schedule_arns]
      },
      merge(local.passes_role, { Resource = [local.schedule_role_arn] }),
    ]
    unschedule = [
      { Effect = "Allow", Action = ["scheduler:DeleteSchedule"], Resource = [local.schedule_arns] },
    ]
  }
  schedule_policies = {
    for verb, statements in local.schedule_grants :
    verb => jsonencode({ Version = "2012-10-17", Statement = statements })
  }
}
