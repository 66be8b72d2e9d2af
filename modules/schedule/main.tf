locals {
  # One minute is singular, or the rule is refused.
  unit = var.every_minutes == 1 ? "minute" : "minutes"
}

resource "aws_cloudwatch_event_rule" "this" {
  name                = var.name
  description         = "Invokes the function ${var.function.name} on a schedule"
  schedule_expression = "rate(${var.every_minutes} ${local.unit})"
}

resource "aws_cloudwatch_event_target" "this" {
  rule = aws_cloudwatch_event_rule.this.name
  arn  = var.function.arn

  # A call that fails is not worth repeating: the next one comes by itself.
  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }
}

resource "aws_lambda_permission" "this" {
  statement_id  = "Schedule"
  action        = "lambda:InvokeFunction"
  function_name = var.function.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this.arn
}
