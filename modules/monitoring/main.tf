data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.id
  arn_prefix = {
    for service in ["sns", "cloudwatch"] : service => join(":", [
      "arn", data.aws_partition.current.partition, service, local.region, local.account,
    ])
  }
  topic_name = "${var.name}-alarms"
  topic_arn  = "${local.arn_prefix.sns}:${local.topic_name}"
  key_arn    = var.kms_key == null ? one(aws_kms_key.this[*].arn) : var.kms_key.arn
  rings_at   = var.topic == null ? aws_sns_topic.this[0].arn : var.topic.arn

  subscriptions = merge(
    { for address in var.subscriptions.emails : address => "email" },
    { for url in var.subscriptions.webhooks : url => "https" },
  )
}

# Where all alarms ring, unless a topic of yours is given.
resource "aws_sns_topic" "this" {
  count = var.topic == null ? 1 : 0

  name              = local.topic_name
  kms_master_key_id = local.key_arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AllowAlarmsOfThisEnvironment"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = local.account }
          ArnLike      = { "aws:SourceArn" = "${local.arn_prefix.cloudwatch}:alarm:${var.name}-*" }
        }
      },
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscriptions

  topic_arn              = aws_sns_topic.this[0].arn
  protocol               = each.value
  endpoint               = each.key
  endpoint_auto_confirms = each.value == "https"
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = local.descriptions[each.key]
  comparison_operator = try(each.value.comparison, "GreaterThanThreshold")
  threshold           = each.value.threshold
  evaluation_periods  = each.value.minutes
  datapoints_to_alarm = each.value.minutes
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.rings_at]
  ok_actions          = [local.rings_at]

  # Either one metric, or an expression over several.
  namespace   = try(each.value.metric.namespace, null)
  metric_name = try(each.value.metric.name, null)
  dimensions  = try(each.value.metric.dimensions, null)
  statistic   = try(each.value.metric.stat, null)
  period      = try(each.value.expression, null) == null ? 60 : null

  dynamic "metric_query" {
    for_each = try([each.value.expression], [])
    content {
      id          = "judged"
      label       = each.value.label
      expression  = metric_query.value
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = try(each.value.metrics, {})
    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.stat
        period      = 60
      }
    }
  }
}

# One call at night instead of four: whatever the cause, commands are refused or late.
resource "aws_cloudwatch_composite_alarm" "customers_affected" {
  alarm_name        = "${var.name}-customers-affected"
  alarm_description = local.descriptions["customers-affected"]
  alarm_actions     = [local.rings_at]
  ok_actions        = [local.rings_at]

  alarm_rule = join(" OR ", [
    for key in local.customers_affected :
    "ALARM(\"${aws_cloudwatch_metric_alarm.this[key].alarm_name}\")"
  ])
}
