# Recurring schedules of clients: a group of their own beside recurring.tf.

resource "aws_scheduler_schedule_group" "api" {
  count = var.recurring.by_api ? 1 : 0
  name  = local.api_group

  # Clients' schedules would be made for a role that may not, and fire into no queue.
  depends_on = [aws_iam_role_policy.recurring, aws_sqs_queue.this, aws_sqs_queue.unsent]
}

# What makes, shows and deletes the schedules of clients. By names alone, as output `address` says.
locals {
  # Their schedules go with their group where they are no longer wanted.
  api_group  = "${var.name}-api"
  api_groups = var.recurring.by_api ? [local.api_group] : []

  recurring_role_arn = replace(local.schedule_role_arn, "/${var.name}$/", local.recurring_name)
  api_schedule_arns  = "${local.scheduler_prefix}:schedule/${local.api_group}/*"

  by_api = var.recurring.by_api ? {
    environment = {
      RECURRING_GROUP      = local.api_group
      RECURRING_ROLE_ARN   = local.recurring_role_arn
      RECURRING_QUEUE_URL  = local.url
      RECURRING_UNSENT_ARN = local.unsent_arn
    }
    policies = { schedules = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Effect = "Allow"
          Action = [
            "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
          ]
          Resource = [local.api_schedule_arns]
        },
        # IAM knows no resource for it: names and ARNs of the account's schedules, and no inputs.
        { Effect = "Allow", Action = ["scheduler:ListSchedules"], Resource = ["*"] },
        merge(local.passes_role, { Resource = [local.recurring_role_arn] }),
      ]
    }) }
  } : { environment = {}, policies = {} }
}
