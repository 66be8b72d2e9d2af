# Which web pages may read the answers. API Gateway does it for HTTP APIs; here it is spelled out.
# Answers of the functions bring their own headers.
#
# Without an origin a preflight is answered all the same, but allows nothing: see main.tf for why no
# method comes and goes.
locals {
  cors         = length(var.cors_allow_origins) > 0
  cors_headers = ["Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary"]
  cors_methods = {
    commands       = "OPTIONS,POST"
    "commands/one" = "DELETE,GET,OPTIONS"
    "openapi.json" = "GET,OPTIONS"
    "status/one"   = "GET,OPTIONS"
    submit         = "OPTIONS,POST"

    "commands/one/outcome"    = "OPTIONS,POST"
    "priorities/one/commands" = "OPTIONS,POST"
  }

  cors_exposed = "Etag,Location,Retry-After,x-command-id,x-correlation-id"
  cors_asked = join(",", [
    "authorization", "content-type", "if-none-match", "x-amz-date", "x-amz-security-token",
    "x-api-key", local.correlation_header, local.group_header,
  ])

  # Of several origins an answer can name one only: the one that asks, if it is among them.
  cors_template = !local.cors ? "" : join("", [
    "#set($origin = \"",
    join("", [
      for name in ["origin", "Origin"] : "$!{input.params().header.get('${name}')}"
    ]),
    "\")",
    contains(var.cors_allow_origins, "*") ? "#set($allowed = \"*\")" : join("", [
      "#set($allowed = \"\")",
      join("", [
        for origin in var.cors_allow_origins :
        "#if($origin == \"${origin}\")#set($allowed = $origin)#end"
      ]),
    ]),
    "#if($allowed != \"\")",
    "#set($context.responseOverride.header.Access-Control-Allow-Origin = $allowed)",
    "#set($context.responseOverride.header.Access-Control-Expose-Headers = \"",
    local.cors_exposed, "\")#end",
    "#set($context.responseOverride.header.Vary = \"Origin\")",
  ])

  # Gateway responses know no conditions. They hold no data and allow no credentials, so with
  # several origins they name whoever asks: a page must see why it was refused.
  cors_of_errors = !local.cors ? {} : {
    "gatewayresponse.header.Access-Control-Allow-Origin" = (
      length(var.cors_allow_origins) == 1 ? "'${var.cors_allow_origins[0]}'" :
      "method.request.header.origin"
    )
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'${local.cors_exposed}'"
    "gatewayresponse.header.Vary"                          = "'Origin'"
  }
}

resource "aws_api_gateway_method" "preflight" {
  #checkov:skip=CKV_AWS_59:Browsers ask before they sign anything.
  #checkov:skip=CKV2_AWS_53:There is nothing in a preflight to validate.
  for_each = local.paths

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resources[each.key].id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "preflight" {
  for_each = aws_api_gateway_method.preflight

  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = each.value.resource_id
  http_method       = each.value.http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 204 }) }
}

locals {
  preflight_headers = [
    "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Max-Age",
  ]
  preflight_values = {
    for path, methods in local.cors_methods : path => {
      Access-Control-Allow-Headers = "'${local.cors_asked}'"
      Access-Control-Allow-Methods = "'${methods}'"
      Access-Control-Max-Age       = "'3600'"
    } if local.cors
  }
}

resource "aws_api_gateway_method_response" "preflight" {
  for_each = aws_api_gateway_method.preflight

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = each.value.resource_id
  http_method = each.value.http_method
  status_code = "204"
  response_parameters = {
    for name in concat(local.preflight_headers, local.cors_headers) :
    "method.response.header.${name}" => false
  }
}

resource "aws_api_gateway_integration_response" "preflight" {
  for_each = aws_api_gateway_method.preflight

  rest_api_id        = aws_api_gateway_rest_api.this.id
  resource_id        = each.value.resource_id
  http_method        = each.value.http_method
  status_code        = aws_api_gateway_method_response.preflight[each.key].status_code
  response_templates = { "application/json" = local.cors_template }
  response_parameters = {
    for name, value in lookup(local.preflight_values, each.key, {}) :
    "method.response.header.${name}" => value
  }

  depends_on = [aws_api_gateway_integration.preflight]
}
