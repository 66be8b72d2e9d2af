resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  description   = "Accepts commands and returns their status"
  protocol_type = "HTTP"

  disable_execute_api_endpoint = var.disable_execute_api_endpoint

  dynamic "cors_configuration" {
    for_each = length(var.cors_allow_origins) == 0 ? [] : [var.cors_allow_origins]
    content {
      allow_origins = cors_configuration.value
      allow_methods = ["DELETE", "GET", "POST", "PUT"]
      allow_headers = concat(
        [
          "authorization", "content-type", "idempotency-key", "if-none-match", "x-correlation-id",
          "x-message-group-id",
        ],
        # What a signature consists of beside `authorization`.
        var.authentication.mode == "iam"
        ? ["x-amz-content-sha256", "x-amz-date", "x-amz-security-token"] : [],
      )
      expose_headers = ["etag", "location", "retry-after", "x-command-id", "x-correlation-id"]
      max_age        = 3600
    }
  }
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_burst_limit = var.throttling.burst
    throttling_rate_limit  = var.throttling.requests_per_second
  }

  dynamic "route_settings" {
    for_each = var.throttling.routes
    content {
      route_key              = route_settings.key
      throttling_rate_limit  = route_settings.value.requests_per_second
      throttling_burst_limit = route_settings.value.burst
    }
  }

  # What happened, never what was in it.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this.arn
    format = jsonencode({
      requestId        = "$context.requestId"
      requestTime      = "$context.requestTime"
      sourceIp         = "$context.identity.sourceIp"
      routeKey         = "$context.routeKey"
      path             = "$context.path"
      status           = "$context.status"
      responseLatency  = "$context.responseLatency"
      responseLength   = "$context.responseLength"
      error            = "$context.error.message"
      integrationError = "$context.integrationErrorMessage"
    })
  }

  # A stage takes no settings of a route that is not there yet.
  depends_on = [aws_apigatewayv2_route.this]

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.throttling.routes), keys(local.routes))) == 0
      error_message = <<-EOT
        throttling.routes: name routes of this API, for example "POST /commands", not
        ${join(", ", setsubtract(keys(var.throttling.routes), keys(local.routes)))}.
      EOT
    }
  }
}

# Below /aws/vendedlogs the groups of many APIs do not use up the size of one resource policy.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:The key is the environment's choice; nothing secret is logged.
  #checkov:skip=CKV_AWS_338:Retention is the environment's choice, between a day and ten years.
  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.runtime.log_retention_days
  kms_key_id        = one(var.runtime.kms_key[*].arn)
}
