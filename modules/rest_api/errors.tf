# What API Gateway itself answers when it refuses: problem details (RFC 9457) for every kind.
locals {
  problem_type = "application/problem+json"

  # The code of a problem, as in command_api/http/problems.py.
  problem_urn = "urn:problem-type:command-api:"

  titles = {
    400 = "Bad Request"
    401 = "Unauthorized"
    403 = "Forbidden"
    404 = "Not Found"
    413 = "Content Too Large"
    415 = "Unsupported Media Type"
    429 = "Too Many Requests"
    500 = "Internal Server Error"
    502 = "Bad Gateway"
    503 = "Service Unavailable"
    504 = "Gateway Timeout"
  }

  # [status, code, detail]. Where `detail` is null, the gateway's own message is used:
  # $context.error.messageString is quoted JSON. The other message variables are not escaped, so no
  # template uses them.
  problems = {
    ACCESS_DENIED                  = [403, "forbidden", null]
    API_CONFIGURATION_ERROR        = [500, "internal_error", local.internal_error]
    AUTHORIZER_CONFIGURATION_ERROR = [500, "internal_error", local.internal_error]
    AUTHORIZER_FAILURE             = [500, "internal_error", local.internal_error]
    BAD_REQUEST_BODY               = [400, "invalid_body", local.body_expected]
    BAD_REQUEST_PARAMETERS         = [400, "invalid_parameters", null]
    DEFAULT_4XX                    = [null, "request_refused", null]
    DEFAULT_5XX                    = [null, "internal_error", local.internal_error]
    EXPIRED_TOKEN                  = [403, "expired_token", null]
    INTEGRATION_FAILURE            = [504, "gateway_timeout", local.internal_error]
    INTEGRATION_TIMEOUT            = [504, "gateway_timeout", local.internal_error]
    INVALID_API_KEY                = [403, "invalid_api_key", "Send a valid API key in x-api-key."]
    INVALID_SIGNATURE              = [403, "invalid_signature", null]
    MISSING_AUTHENTICATION_TOKEN   = local.unknown_route
    QUOTA_EXCEEDED                 = [429, "quota_exceeded", "The quota of the API key is used up."]
    REQUEST_TOO_LARGE              = [413, "body_too_large", null]
    RESOURCE_NOT_FOUND             = [404, "unknown_path", "Unknown path."]
    THROTTLED                      = [429, "throttled", "Too many requests. Try again in a second."]
    UNAUTHORIZED                   = [401, "unauthorized", null]
    UNSUPPORTED_MEDIA_TYPE         = [415, "unsupported_media_type", "Send application/json."]
    WAF_FILTERED                   = [403, "blocked_by_waf", null]
  }

  internal_error = "Internal error. Try again later."

  body_expected = join(" ", [
    "The body must be a JSON object with the optional fields type (string) and input (object),",
    "and no others.",
  ])

  # AWS answers an unknown route as it answers a missing signature: without authorization it can
  # only be the first.
  unknown_route = (
    var.authorization == "NONE" ? [404, "unknown_path", "Unknown path."] :
    [403, "forbidden", "The request is not signed, or the path is unknown."]
  )
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.problems

  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.key
  status_code   = each.value[0]

  response_templates = {
    "application/json" = join("", [
      "{\"type\":\"${local.problem_urn}${each.value[1]}\",",
      "\"title\":${jsonencode(try(local.titles[each.value[0]], "Request Refused"))},",
      each.value[0] == null ? "" : "\"status\":${each.value[0]},",
      "\"code\":\"${each.value[1]}\",\"detail\":",
      each.value[2] == null ? "$context.error.messageString" : jsonencode(each.value[2]), "}",
    ])
  }

  response_parameters = merge(
    { "gatewayresponse.header.Content-Type" = "'${local.problem_type}'" },
    each.value[0] == 429 ? { "gatewayresponse.header.Retry-After" = "'1'" } : {},
    local.cors_of_errors,
  )
}
