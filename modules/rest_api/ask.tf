# Asking what became of a command, taking it back, and what can be asked at all: functions answer.
locals {
  questions = {
    status = {
      resource = "status/one", method = "GET", path = "status/*", function = "status"
    }
    command = {
      resource = "commands/one", method = "GET", path = "commands/*", function = "status"
    }
    cancel = {
      resource = "commands/one", method = "DELETE", path = "commands/*", function = "cancel"
    }
    description = {
      resource = "openapi.json", method = "GET", path = "openapi.json", function = "openapi"
    }
    outcome = {
      resource = "commands/one/outcome", method = "POST", path = "commands/*/outcome"
      function = "outcome"
    }
  }

  # Who reports has the token of a hand-over, which the function checks, and no other credential.
  # By names, which wait for no function.
  open = var.function_names.outcome == null ? [] : ["outcome"]

  # An integration's URI (developer guide, "Set up Lambda proxy integrations in API Gateway").
  invoke_arns = {
    for function, name in var.function_names : function => join(":", [
      "arn", local.queue.partition, "apigateway", local.queue.region,
      "lambda:path/2015-03-31/functions/arn", local.queue.partition, "lambda",
      local.queue.region, local.queue.account, "function",
      # See main.tf: where nothing is reported, the cancel function answers 404.
      "${coalesce(name, var.function_names.cancel)}/invocations",
    ])
  }

  # A permission is part of its function, and waits for it.
  functions = {
    status  = var.status_function.name
    cancel  = var.cancel_function.name
    openapi = var.openapi_function.name
    outcome = coalesce(one(var.outcome_function[*].name), var.cancel_function.name)
  }
}

resource "aws_api_gateway_method" "ask" {
  #checkov:skip=CKV_AWS_59:Who may call is the environment's decision, not this module's.
  #checkov:skip=CKV2_AWS_53:The functions check the id, which is all that they are given.
  for_each = local.questions

  rest_api_id      = aws_api_gateway_rest_api.this.id
  resource_id      = local.resources[each.value.resource].id
  http_method      = each.value.method
  authorization    = contains(local.open, each.key) ? "NONE" : var.authorization
  api_key_required = local.api_key_required && !contains(local.open, each.key)
}

resource "aws_api_gateway_integration" "ask" {
  for_each = local.questions

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_method.ask[each.key].resource_id
  http_method             = aws_api_gateway_method.ask[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = local.invoke_arns[each.value.function]
}

# A REST API names a path's variable as *.
resource "aws_lambda_permission" "ask" {
  for_each = local.questions

  statement_id  = "${var.name}-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = local.functions[each.value.function]
  principal     = "apigateway.amazonaws.com"
  source_arn = join("/", [
    aws_api_gateway_rest_api.this.execution_arn, var.stage_name, each.value.method, each.value.path,
  ])
}
