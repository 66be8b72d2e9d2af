# Routes that a function answers, and who may invoke it for which of them.
locals {
  # The paths of submissions that the submit function checks before they reach the queue.
  validated = merge(
    var.submission.mode == "direct" ? {} : merge(
      {
        "POST /commands"       = local.scopes.submit
        "POST /commands:batch" = local.scopes.submit
      },
      # See submit.tf for why.
      local.owned ? {} : { "PUT /commands/{id}" = local.scopes.submit },
    ),
    {
      for route_key, route in var.submission.routes : route_key => (
        local.owned && length(route.scopes) > 0
        ? toset(concat(route.scopes, local.admin)) : local.scopes.submit
      )
    },
  )

  functions = merge(
    { status = var.status_function, cancel = var.cancel_function, openapi = var.openapi_function },
    var.submit_function == null ? {} : { submit = var.submit_function },
    var.additional_routes,
  )

  function_routes = merge(
    {
      "GET /commands/{id}"    = { function = "status", scopes = local.scopes.read, open = false }
      "DELETE /commands/{id}" = { function = "cancel", scopes = local.scopes.cancel, open = false }
      # What the API looks like is no secret, and a client wants to read it before it has a token.
      "GET /openapi.json" = { function = "openapi", scopes = null, open = true }
    },
    {
      for route_key, scopes in local.validated :
      route_key => { function = "submit", scopes = scopes, open = false }
    },
    {
      for route_key in keys(var.additional_routes) :
      route_key => { function = route_key, scopes = local.scopes.read, open = false }
    },
  )
}

resource "aws_apigatewayv2_integration" "function" {
  for_each = local.functions

  api_id                 = aws_apigatewayv2_api.this.id
  description            = "Asks the ${each.key} function"
  integration_type       = "AWS_PROXY"
  integration_uri        = each.value.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "function" {
  #checkov:skip=CKV_AWS_309:Who may call is the environment's decision, not this module's.
  for_each = local.function_routes

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.key
  target = join("/", [
    "integrations", aws_apigatewayv2_integration.function[each.value.function].id,
  ])
  authorization_type   = each.value.open ? "NONE" : local.authorization.type
  authorizer_id        = each.value.open ? null : local.authorization.authorizer_id
  authorization_scopes = each.value.scopes
}

resource "aws_lambda_permission" "function" {
  for_each = local.function_routes

  statement_id  = "Api-${replace(each.key, "/[^A-Za-z0-9]+/", "-")}"
  action        = "lambda:InvokeFunction"
  function_name = local.functions[each.value.function].name
  principal     = "apigateway.amazonaws.com"
  source_arn = join("/", [
    aws_apigatewayv2_api.this.execution_arn, "*", replace(each.key, " /", "/"),
  ])
}
