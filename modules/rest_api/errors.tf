# What API Gateway itself answers when it refuses: problem details (RFC 9457) for every kind.
locals {
  problem_type = "application/problem+json"

  # Where `detail` is null, the gateway's own words: $context.error.messageString is JSON already.
  # The other variables for messages are not escaped, so no template uses them.
  problems = {
    ACCESS_DENIED                  = [403, "Forbidden", null]
    API_CONFIGURATION_ERROR        = [500, "Internal server error", local.ours]
    AUTHORIZER_CONFIGURATION_ERROR = [500, "Internal server error", local.ours]
    AUTHORIZER_FAILURE             = [500, "Internal server error", local.ours]
    BAD_REQUEST_BODY               = [400, "Bad request", local.body_expected]
    BAD_REQUEST_PARAMETERS         = [400, "Bad request", null]
    DEFAULT_4XX                    = [null, "Request refused", null]
    DEFAULT_5XX                    = [null, "Internal server error", local.ours]
    EXPIRED_TOKEN                  = [403, "Forbidden", null]
    INTEGRATION_FAILURE            = [504, "Gateway timeout", local.ours]
    INTEGRATION_TIMEOUT            = [504, "Gateway timeout", local.ours]
    INVALID_API_KEY                = [403, "Forbidden", "Send your key in the header x-api-key."]
    INVALID_SIGNATURE              = [403, "Forbidden", null]
    MISSING_AUTHENTICATION_TOKEN   = local.no_such_route
    QUOTA_EXCEEDED                 = [429, "Too many requests", "The quota of your key is used up."]
    REQUEST_TOO_LARGE              = [413, "Payload too large", null]
    RESOURCE_NOT_FOUND             = [404, "Not found", "There is no such route."]
    THROTTLED                      = [429, "Too many requests", "Try again in a second."]
    UNAUTHORIZED                   = [401, "Unauthorized", null]
    UNSUPPORTED_MEDIA_TYPE         = [415, "Unsupported media type", "Send application/json."]
    WAF_FILTERED                   = [403, "Forbidden", null]
  }

  ours = "That was not your fault; try again later."

  body_expected = join(" ", [
    "The body must be a JSON object with the fields type (text, may be absent)",
    "and input (object, may be absent), and no others.",
  ])

  # AWS answers an unknown route as it answers a missing signature: without authorization it can
  # only be the first.
  no_such_route = (
    var.authorization == "NONE" ? [404, "Not found", "There is no such route."] :
    [403, "Forbidden", "The request is not signed, or there is no such route."]
  )
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.problems

  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.key
  status_code   = each.value[0]

  response_templates = {
    "application/json" = join("", [
      "{\"title\":${jsonencode(each.value[1])},",
      each.value[0] == null ? "" : "\"status\":${each.value[0]},",
      "\"detail\":",
      each.value[2] == null ? "$context.error.messageString" : jsonencode(each.value[2]), "}",
    ])
  }

  response_parameters = merge(
    { "gatewayresponse.header.Content-Type" = "'${local.problem_type}'" },
    each.value[0] == 429 ? { "gatewayresponse.header.Retry-After" = "'1'" } : {},
    local.cors_of_errors,
  )
}
