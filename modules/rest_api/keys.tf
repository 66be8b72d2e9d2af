# Keys tell callers apart and limit each of them; they do not prove who somebody is.
resource "aws_api_gateway_api_key" "this" {
  for_each = toset(var.api_keys)

  name        = "${var.name}-${each.key}"
  description = "API key of ${each.key} for ${var.name}"
}

resource "aws_api_gateway_usage_plan" "this" {
  count = local.api_key_required ? 1 : 0

  name        = var.name
  description = "Limits of each API key of ${var.name}"

  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name
  }

  # One client with a key cannot use up what all have.
  throttle_settings {
    rate_limit = coalesce(
      var.usage_plan.requests_per_second, var.throttling.requests_per_second / 2
    )
    burst_limit = coalesce(var.usage_plan.burst, max(1, floor(var.throttling.burst / 2)))
  }

  dynamic "quota_settings" {
    for_each = var.usage_plan.quota == null ? [] : [var.usage_plan.quota]
    content {
      limit  = quota_settings.value.requests
      period = quota_settings.value.period
    }
  }
}

resource "aws_api_gateway_usage_plan_key" "this" {
  for_each = aws_api_gateway_api_key.this

  key_id        = each.value.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.this[0].id
}
