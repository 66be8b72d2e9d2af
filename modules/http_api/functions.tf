# Functions that answer routes, and the right to invoke them.
locals {
  # The paths of submissions that the submit function checks before they reach the queue.
  validated = merge(
    var.submission.mode == "direct" ? {} : merge(
      {
        "POST /commands"       = local.scopes.submit
        "POST /commands:batch" = local.scopes.submit
      },
      # By a setting, because the integration must not wait for the function that shows batches.
      var.submission.batches ? { "POST /batches" = local.scopes.submit } : {},
      # See submit.tf for why.
      local.owned ? {} : { "PUT /commands/{id}" = local.scopes.submit },
      # Queues that clients may choose have the paths that they have with direct submission.
      { for name in keys(var.priorities) :
        "POST /priorities/${name}/commands" => local.scopes.submit
      },
      { for name in local.owned ? [] : keys(var.priorities) :
        "PUT /priorities/${name}/commands/{id}" => local.scopes.submit
      },
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
    var.outcome_function == null ? {} : { outcome = var.outcome_function },
    var.batches_function == null ? {} : { batches = var.batches_function },
    var.schedules_function == null ? {} : { schedules = var.schedules_function },
    var.additional_routes,
  )

  function_routes = merge(
    {
      "GET /commands/{id}"    = { function = "status", scopes = local.scopes.read }
      "DELETE /commands/{id}" = { function = "cancel", scopes = local.scopes.cancel }
      "GET /openapi.json"     = { function = "openapi", scopes = null }
    },
    var.outcome_function == null ? {} : {
      "POST /commands/{id}/outcome" = { function = "outcome", scopes = null }
    },
    {
      for route_key, scopes in local.validated :
      route_key => { function = "submit", scopes = scopes }
    },
    var.batches_function == null ? {} : {
      "GET /batches/{id}"    = { function = "batches", scopes = local.scopes.read }
      "DELETE /batches/{id}" = { function = "batches", scopes = local.scopes.cancel }
    },
    var.schedules_function == null ? {} : {
      "GET /schedules"         = { function = "schedules", scopes = local.scopes.read }
      "GET /schedules/{id}"    = { function = "schedules", scopes = local.scopes.read }
      "PUT /schedules/{id}"    = { function = "schedules", scopes = local.scopes.submit }
      "DELETE /schedules/{id}" = { function = "schedules", scopes = local.scopes.cancel }
    },
    {
      for route_key in keys(var.additional_routes) :
      route_key => { function = route_key, scopes = local.scopes.read }
    },
  )

  # Known before the function is: see the variable.
  submit_invoke_arn = join(":", [
    "arn", data.aws_partition.current.partition, "apigateway", data.aws_region.current.id,
    "lambda:path/2015-03-31/functions/arn", data.aws_partition.current.partition, "lambda",
    data.aws_region.current.id, data.aws_caller_identity.current.account_id, "function",
    "${coalesce(var.submit_function_name, "none")}/invocations",
  ])
}

# Nothing of these goes before its routes do.
resource "aws_apigatewayv2_integration" "function" {
  for_each = { for name, function in local.functions : name => function if name != "submit" }

  api_id                 = aws_apigatewayv2_api.this.id
  description            = "Invokes the ${each.key} function"
  integration_type       = "AWS_PROXY"
  integration_uri        = each.value.invoke_arn
  payload_format_version = "2.0"
}

# Routes move to the queue and back. API Gateway deletes no integration that a route still has, so
# this one goes after they have moved.
resource "aws_apigatewayv2_integration" "validated" {
  count = length(local.validated) == 0 ? 0 : 1

  api_id                 = aws_apigatewayv2_api.this.id
  description            = "Invokes the submit function"
  integration_type       = "AWS_PROXY"
  integration_uri        = local.submit_invoke_arn
  payload_format_version = "2.0"

  lifecycle {
    create_before_destroy = true
  }
}

# One for all routes of a function: a function's policy has room for some fifty.
resource "aws_lambda_permission" "function" {
  for_each = local.functions

  # Keys that differ in other characters only get different ids.
  statement_id = join("-", [
    "Api", replace(each.key, "/[^A-Za-z0-9]+/", "-"), substr(sha256(each.key), 0, 8),
  ])
  action        = "lambda:InvokeFunction"
  function_name = each.value.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/*"
}
