# Recurring schedules: EventBridge Scheduler sends a command to the queue at each time of a cron.

locals {
  recurring      = var.recurring.schedules
  recurring_name = "${var.name}-recurring"
  recurring_groups = concat(
    length(local.recurring) > 0 ? [local.recurring_name] : [],
    local.api_groups,
  )
  has_recurring = length(local.recurring_groups) > 0
  unsent_arn    = "${local.arn_prefix}:${local.recurring_name}"

  # Scheduler replaces this by the time of the firing, like 2030-12-24T18:00:00Z; every repetition
  # of a firing has the same.
  # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
  scheduled_time = "<aws.scheduler.scheduled-time>"
  run_ids        = { for name in keys(local.recurring) : name => "${name}:${local.scheduled_time}" }

  # The API takes no such id from a client.
  reserved_environment = length(local.recurring) == 0 ? {} : {
    RECURRING_NAMES = join(" ", keys(local.recurring))
  }

  # The arguments of SendMessage. jsonencode escapes < and >, once in an id and twice in a body, and
  # Scheduler knows its keyword in neither form. Its other keywords stay escaped.
  recurring_inputs = {
    for name, own in local.recurring : name => replace(
      jsonencode(merge(
        {
          QueueUrl    = local.url
          MessageBody = jsonencode({ type = own.type, input = jsondecode(own.input) })
          MessageAttributes = merge(
            { command_id = { DataType = "String", StringValue = local.run_ids[name] } },
            # The worker then starts no run beside another one.
            own.overlap == "skip" ? { schedule = { DataType = "String", StringValue = name } } : {},
          )
        },
        # The runs of a schedule one after the other.
        {
          for key, value in {
            MessageGroupId = name, MessageDeduplicationId = local.run_ids[name]
          } : key => value if var.fifo
        },
      )),
      "/\\\\{1,2}u003c(aws\\.scheduler\\.scheduled-time)\\\\{1,2}u003e/", "<$1>"
    )
  }
}

resource "aws_scheduler_schedule_group" "recurring" {
  count = length(local.recurring) > 0 ? 1 : 0
  name  = local.recurring_name
}

resource "aws_scheduler_schedule" "this" {
  #checkov:skip=CKV_AWS_297:What it sends stands in the configuration; nothing in it is secret.
  for_each = local.recurring

  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.recurring[0].name
  schedule_expression          = "cron(${each.value.cron})"
  schedule_expression_timezone = each.value.timezone
  state                        = each.value.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window { mode = "OFF" }

  target {
    arn      = "arn:${data.aws_partition.current.partition}:scheduler:::aws-sdk:sqs:sendMessage"
    role_arn = aws_iam_role.recurring[0].arn
    input    = local.recurring_inputs[each.key]

    dead_letter_config { arn = aws_sqs_queue.unsent[0].arn }
  }

  lifecycle {
    precondition {
      condition     = length(base64encode(local.recurring_inputs[each.key])) / 4 * 3 <= 262144
      error_message = <<-EOT
        The input of ${each.key} exceeds what a schedule carries: 256 KB, with its quotes escaped.
        Pass a reference, for example input = jsonencode({ key = "reports/nightly.json" }).
      EOT
    }
  }

  # Scheduler would send with a role that may not.
  depends_on = [aws_iam_role_policy.recurring, aws_sqs_queue.this]
}

# Runs that Scheduler could not send within a day.
resource "aws_sqs_queue" "unsent" {
  count = local.has_recurring ? 1 : 0

  name                      = local.recurring_name
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = local.encryption.managed
  kms_master_key_id         = local.encryption.key

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.tls_only[local.name], { Resource = local.unsent_arn })]
  })
}

resource "aws_iam_role" "recurring" {
  count                = local.has_recurring ? 1 : 0
  name                 = local.recurring_name
  description          = "Sends the commands of recurring schedules to the queue ${var.name}"
  permissions_boundary = var.recurring.permissions_boundary
  assume_role_policy   = local.scheduler_trust.recurring
}

resource "aws_iam_role_policy" "recurring" {
  count = local.has_recurring ? 1 : 0
  name  = "send"
  role  = aws_iam_role.recurring[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [local.arn, local.unsent_arn]
      }],
      [
        for key in var.kms_key[*] :
        { Effect = "Allow", Action = local.sends, Resource = key.arn }
      ],
    )
  })
}
