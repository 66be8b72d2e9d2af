# An event for each ending, for systems that are not clients: on a bus or a topic of its own.

resource "aws_cloudwatch_event_bus" "this" {
  count = var.settings.events == "eventbridge" ? 1 : 0

  name        = var.names.events
  description = "Commands that ended"
}

resource "aws_sns_topic" "this" {
  count = var.settings.events == "sns" ? 1 : 0

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
  # Built from parts, as the topic's own policy names it.
  event_arns = {
    eventbridge = "${local.arn_prefix.events}:event-bus/${var.names.events}"
    sns         = "${local.arn_prefix.sns}:${var.names.events}"
  }
  event_actions = { eventbridge = "events:PutEvents", sns = "sns:Publish" }

  event_environment = {
    for kind, it in {
      eventbridge = { EVENT_BUS = var.names.events, EVENT_SOURCE = var.names.prefix }
      sns         = { EVENT_TOPIC = local.event_arns.sns }
    } : kind => it if kind == var.settings.events
  }

  event_policies = {
    for kind, action in local.event_actions : "events" => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = [action], Resource = local.event_arns[kind] }],
        # Events of a bus are encrypted by EventBridge's own key.
        kind == "sns" ? local.key_statements : [],
      )
    }) if kind == var.settings.events
  }
}
