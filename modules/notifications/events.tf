# An event for each ending, for systems that are not clients: on a bus or a topic, made here unless
# there is one already.

resource "aws_cloudwatch_event_bus" "this" {
  count = local.makes == "eventbridge" ? 1 : 0

  name        = var.names.events
  description = "Commands that ended"
}

resource "aws_sns_topic" "this" {
  count = local.makes == "sns" ? 1 : 0

  name              = var.names.events
  kms_master_key_id = one(var.runtime.kms_key[*].arn)

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sns:Publish"
      Resource  = local.event_arns.sns
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

locals {
  target = var.settings.event_target
  makes  = local.target == null ? var.settings.events : null

  # Built from parts, as the topic's own policy names it.
  event_arns = {
    eventbridge = try(local.target.arn, "${local.arn_prefix.events}:event-bus/${var.names.events}")
    sns         = try(local.target.arn, "${local.arn_prefix.sns}:${var.names.events}")
  }
  # PutEvents takes a name or, for a bus of another account, an ARN.
  event_bus = local.target == null ? var.names.events : local.event_arns.eventbridge
  # Of a topic that is there already, its own key.
  topic_keys = (
    local.target == null ? [for key in var.runtime.kms_key[*] : key.arn]
    : compact([local.target.kms_key_arn])
  )
  event_actions = { eventbridge = "events:PutEvents", sns = "sns:Publish" }

  event_environment = {
    for kind, it in {
      eventbridge = { EVENT_BUS = local.event_bus, EVENT_SOURCE = var.names.prefix }
      sns         = { EVENT_TOPIC = local.event_arns.sns }
    } : kind => it if kind == var.settings.events
  }

  event_policies = {
    for kind, action in local.event_actions : "events" => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = [action], Resource = local.event_arns[kind] }],
        # Events of a bus are encrypted by EventBridge, with whatever key.
        [
          for key in local.topic_keys : merge(local.key_use, { Resource = key }) if kind == "sns"
        ],
      )
    }) if kind == var.settings.events
  }
}
