locals {
  traces = var.runtime.tracing
}

resource "aws_api_gateway_rest_api" "this" {
  name        = var.name
  description = "Accepts commands and returns their status"

  disable_execute_api_endpoint = var.disable_execute_api_endpoint

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# A REST API serves what was deployed last, so everything that makes a difference is in this hash:
# the code of this module, what it was given, and which objects it made.
#
# The new deployment comes before anything that is taken out of the API goes, and would serve that
# for ever. So nothing in the API comes and goes with a variable; what is off answers differently.
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  description = "All routes of ${var.name}"

  triggers = {
    definition = sha256(jsonencode([
      [for file in sort(fileset(path.module, "*.tf")) : filesha256("${path.module}/${file}")],
      local.templates,
      local.problems,
      [local.role_arn, local.queue],
      local.invoke_arns,
      [var.authorization, local.api_key_required, var.cors_allow_origins],
      # Takes effect with a deployment.
      var.disable_execute_api_endpoint,
      [for resource in local.resources : resource.id],
      [for method in local.methods : method.id],
      [for integration in local.integrations : integration.id],
    ]))
  }

  # Responses are in no expression above, and a deployment takes only what is there already.
  depends_on = [
    aws_api_gateway_gateway_response.this,
    aws_api_gateway_integration_response.accepted,
    aws_api_gateway_integration_response.failed,
    aws_api_gateway_integration_response.preflight,
  ]

  # The stage moves over to the new one before the old one goes. All that it refers to is then
  # replaced in that order, too, so it refers to nothing that has a fixed name outside of the API.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_73:Tracing is the environment's choice.
  #checkov:skip=CKV_AWS_120:A cache would answer with the status of a minute ago.
  #checkov:skip=CKV2_AWS_4:Execution logs hold bodies; the access log says what happened.
  #checkov:skip=CKV2_AWS_29:The firewall is given by ARN, where there is one.
  #checkov:skip=CKV2_AWS_77:The rules of that firewall are its own business.
  #checkov:skip=CKV2_AWS_51:Who may call is the environment's decision, not this module's.
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage_name
  xray_tracing_enabled = local.traces

  # What happened, never what was in it.
  dynamic "access_log_settings" {
    for_each = var.access_logs ? [aws_cloudwatch_log_group.this.arn] : []
    content {
      destination_arn = access_log_settings.value
      format = jsonencode(merge(local.traces ? { xrayTraceId = "$context.xrayTraceId" } : {}, {
        requestId         = "$context.requestId"
        extendedRequestId = "$context.extendedRequestId"
        requestTime       = "$context.requestTime"
        sourceIp          = "$context.identity.sourceIp"
        apiKeyId          = "$context.identity.apiKeyId"
        method            = "$context.httpMethod"
        resourcePath      = "$context.resourcePath"
        path              = "$context.path"
        status            = "$context.status"
        responseLatency   = "$context.responseLatency"
        responseLength    = "$context.responseLength"
        errorType         = "$context.error.responseType"
        integrationStatus = "$context.integrationStatus"
        integrationError  = "$context.integrationErrorMessage"
      }))
    }
  }

  # API Gateway asks for the role when a request comes.
  depends_on = [aws_iam_role_policy.send]
}

resource "aws_api_gateway_method_settings" "this" {
  #checkov:skip=CKV_AWS_225:A cache would answer with the status of a minute ago.
  #checkov:skip=CKV_AWS_308:There is no cache to encrypt.
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.throttling.requests_per_second
    throttling_burst_limit = var.throttling.burst
    metrics_enabled        = true
    logging_level          = "OFF"
    data_trace_enabled     = false
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

resource "aws_wafv2_web_acl_association" "this" {
  count = var.waf == null ? 0 : 1

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = var.waf.acl_arn
}
