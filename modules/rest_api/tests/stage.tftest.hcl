# What belongs to the stage: limits, logs, errors, web pages, the firewall.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev-api"
  queue = {
    arn      = "arn:aws:sqs:eu-west-1:123456789012:acme-dev-work-queue"
    policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  status_function = {
    name = "acme-dev-status"
  }
  cancel_function = {
    name = "acme-dev-cancel"
  }
  openapi_function = {
    name = "acme-dev-openapi"
  }
  function_names = {
    status  = "acme-dev-status"
    cancel  = "acme-dev-cancel"
    openapi = "acme-dev-openapi"
  }
}

run "every_refusal_is_a_problem_with_its_status" {
  command = plan

  assert {
    condition = { for kind, response in aws_api_gateway_gateway_response.this :
      kind => coalesce(response.status_code, "its own")
      } == {
      ACCESS_DENIED                  = "403"
      API_CONFIGURATION_ERROR        = "500"
      AUTHORIZER_CONFIGURATION_ERROR = "500"
      AUTHORIZER_FAILURE             = "500"
      BAD_REQUEST_BODY               = "400"
      BAD_REQUEST_PARAMETERS         = "400"
      DEFAULT_4XX                    = "its own"
      DEFAULT_5XX                    = "its own"
      EXPIRED_TOKEN                  = "403"
      INTEGRATION_FAILURE            = "504"
      INTEGRATION_TIMEOUT            = "504"
      INVALID_API_KEY                = "403"
      INVALID_SIGNATURE              = "403"
      MISSING_AUTHENTICATION_TOKEN   = "404"
      QUOTA_EXCEEDED                 = "429"
      REQUEST_TOO_LARGE              = "413"
      RESOURCE_NOT_FOUND             = "404"
      THROTTLED                      = "429"
      UNAUTHORIZED                   = "401"
      UNSUPPORTED_MEDIA_TYPE         = "415"
      WAF_FILTERED                   = "403"
    }
    error_message = "wrong status"
  }

  # What AWS puts in for the variable is a JSON string; `null` stands for it here.
  assert {
    condition = alltrue([
      for kind, response in aws_api_gateway_gateway_response.this : (
        response.response_parameters["gatewayresponse.header.Content-Type"] ==
        "'application/problem+json'" &&
        try(tostring(jsondecode(replace(
          response.response_templates["application/json"], "$context.error.messageString", "null"
        )).status), null) == response.status_code
      )
    ])
    error_message = "title, status and detail as JSON"
  }

  assert {
    condition = !anytrue([
      for response in values(aws_api_gateway_gateway_response.this) :
      strcontains(response.response_templates["application/json"], "\"$context") ||
      strcontains(response.response_templates["application/json"], "validationErrorString")
    ])
    error_message = "only the variable that is escaped may be used"
  }
}

run "web_pages_need_a_name" {
  command = plan

  assert {
    condition = (
      alltrue([
        for response in values(aws_api_gateway_integration_response.preflight) :
        response.response_templates["application/json"] == "" &&
        length(response.response_parameters) == 0
      ]) &&
      !anytrue([
        for response in values(aws_api_gateway_gateway_response.this) :
        contains(
          keys(response.response_parameters), "gatewayresponse.header.Access-Control-Allow-Origin"
        )
      ])
    )
    error_message = "CORS is off until somebody names an origin"
  }
}

run "a_named_page_may_call_and_read" {
  command = plan

  variables { cors_allow_origins = ["https://app.example.com"] }

  assert {
    condition = { for path, response in aws_api_gateway_integration_response.preflight :
      path => response.response_parameters["method.response.header.Access-Control-Allow-Methods"]
      } == {
      commands       = "'OPTIONS,POST'"
      "commands/one" = "'DELETE,GET,OPTIONS'"
      "openapi.json" = "'GET,OPTIONS'"
      "status/one"   = "'GET,OPTIONS'"
      submit         = "'OPTIONS,POST'"

      "commands/one/outcome"    = "'OPTIONS,POST'"
      "priorities/one/commands" = "'OPTIONS,POST'"
    }
    error_message = "each path answers preflights with its methods"
  }

  assert {
    condition = alltrue([
      for response in values(aws_api_gateway_gateway_response.this) :
      response.response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] ==
      "'https://app.example.com'"
    ])
    error_message = "a page must see why it was refused"
  }
}

run "throttles_and_logs_without_bodies" {
  command = plan

  variables {
    throttling = { requests_per_second = 50.5, burst = 80 }
    runtime    = { log_retention_days = 30 }
  }

  assert {
    condition = (
      one(aws_api_gateway_method_settings.this.settings).throttling_rate_limit == 50.5 &&
      one(aws_api_gateway_method_settings.this.settings).throttling_burst_limit == 80 &&
      aws_api_gateway_method_settings.this.method_path == "*/*" &&
      !one(aws_api_gateway_method_settings.this.settings).data_trace_enabled
    )
    error_message = "the limits must reach the stage, and bodies no log"
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.this.retention_in_days == 30 &&
      !strcontains(one(aws_api_gateway_stage.this.access_log_settings).format, "body") &&
      jsondecode(one(aws_api_gateway_stage.this.access_log_settings).format).status ==
      "$context.status"
    )
    error_message = "access logs are JSON and hold no bodies"
  }
}

run "logs_nothing_where_the_account_has_no_role_for_it" {
  command = plan

  variables { access_logs = false }

  assert {
    condition     = length(aws_api_gateway_stage.this.access_log_settings) == 0
    error_message = "AWS refuses a stage with an access log without the account's role"
  }
}

run "a_firewall_stands_in_front_of_the_stage" {
  command = plan

  variables {
    waf = { acl_arn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/api/1a2b" }
  }

  assert {
    condition = (
      aws_wafv2_web_acl_association.this[0].web_acl_arn == var.waf.acl_arn &&
      aws_wafv2_web_acl_association.this[0].resource_arn == aws_api_gateway_stage.this.arn
    )
    error_message = "the ACL is the stage's"
  }
}

run "endpoints_are_below_the_stage" {
  command = plan

  variables { stage_name = "live" }

  assert {
    condition = (
      output.submit_endpoint == "${output.endpoint}/submit" &&
      output.commands_endpoint == "${output.endpoint}/commands" &&
      output.stage_name == "live"
    )
    error_message = "one URL for each way in"
  }
}

run "encrypts_its_log_with_a_key_of_ones_own" {
  command = plan

  variables {
    runtime = { kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" } }
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.runtime.kms_key.arn
    error_message = "the log has the key"
  }
}

run "answers_at_the_generated_host_unless_told_not_to" {
  command = plan
  variables { disable_execute_api_endpoint = true }

  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "what passes by the domain is refused"
  }
}
