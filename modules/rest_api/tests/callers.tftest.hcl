# Functions that answer, and who may call at all.
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

run "each_function_is_invoked_by_its_route_only" {
  command = plan

  assert {
    condition = { for name, permission in aws_lambda_permission.ask : name => [
      permission.function_name, permission.principal, permission.source_arn
      ] } == {
      status = [
        "acme-dev-status", "apigateway.amazonaws.com",
        "arn:aws:execute-api:us-east-1:123456789012:r1b2c3/v1/GET/status/*",
      ]
      command = [
        "acme-dev-status", "apigateway.amazonaws.com",
        "arn:aws:execute-api:us-east-1:123456789012:r1b2c3/v1/GET/commands/*",
      ]
      cancel = [
        "acme-dev-cancel", "apigateway.amazonaws.com",
        "arn:aws:execute-api:us-east-1:123456789012:r1b2c3/v1/DELETE/commands/*",
      ]
      description = [
        "acme-dev-openapi", "apigateway.amazonaws.com",
        "arn:aws:execute-api:us-east-1:123456789012:r1b2c3/v1/GET/openapi.json",
      ]
      outcome = [
        "acme-dev-cancel", "apigateway.amazonaws.com",
        "arn:aws:execute-api:us-east-1:123456789012:r1b2c3/v1/POST/commands/*/outcome",
      ]
    }
    error_message = "stage, method and path are named"
  }

  assert {
    condition = alltrue([
      for integration in values(aws_api_gateway_integration.ask) :
      integration.type == "AWS_PROXY" && integration.integration_http_method == "POST"
    ])
    error_message = "functions answer for themselves"
  }
}

run "each_function_is_found_by_its_name" {
  command = plan

  assert {
    condition = {
      for key, integration in aws_api_gateway_integration.ask : key => integration.uri
      } == {
      for key, name in {
        status  = "status", command = "status", cancel = "cancel", description = "openapi"
        outcome = "cancel"
        } : key => join("", [
          "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/",
          "arn:aws:lambda:eu-west-1:123456789012:function:acme-dev-${name}/invocations",
      ])
    }
    error_message = "an integration leads to another function"
  }
}

run "anybody_may_call_by_default" {
  command = plan

  assert {
    condition = alltrue([
      for method in concat(
        values(aws_api_gateway_method.submit), values(aws_api_gateway_method.ask)
      ) : method.authorization == "NONE" && method.api_key_required != true
    ])
    error_message = "who may call is the environment's decision"
  }

  assert {
    condition     = length(output.api_key_ids) == 0 && length(aws_api_gateway_usage_plan.this) == 0
    error_message = "there are no keys"
  }
}

run "who_signs_may_call" {
  command = plan

  variables {
    authorization      = "AWS_IAM"
    cors_allow_origins = ["https://app.example.com"]
  }

  assert {
    condition = alltrue([
      for method in concat(
        values(aws_api_gateway_method.submit), values(aws_api_gateway_method.ask)
      ) : method.authorization == "AWS_IAM"
    ])
    error_message = "every method asks for a signature"
  }

  assert {
    condition = alltrue([
      for method in values(aws_api_gateway_method.preflight) :
      method.authorization == "NONE" && method.api_key_required != true
    ])
    error_message = "a browser cannot sign a preflight"
  }

  assert {
    condition = (
      aws_api_gateway_gateway_response.this["MISSING_AUTHENTICATION_TOKEN"].status_code == "403"
    )
    error_message = "an unknown route cannot be told from a missing signature"
  }
}

run "a_key_has_half_of_what_all_have" {
  command = plan
  variables {
    api_keys   = ["shop"]
    throttling = { requests_per_second = 30, burst = 61 }
  }

  assert {
    condition = (
      one(aws_api_gateway_usage_plan.this[0].throttle_settings).rate_limit == 15 &&
      one(aws_api_gateway_usage_plan.this[0].throttle_settings).burst_limit == 30
    )
    error_message = "one client with a key cannot use up what all have"
  }
}

run "with_keys_nobody_gets_in_without_one" {
  command = plan

  variables {
    api_keys   = ["shop", "billing"]
    usage_plan = { requests_per_second = 5, burst = 10, quota = { requests = 1000 } }
  }

  assert {
    condition = alltrue([
      for method in concat(
        values(aws_api_gateway_method.submit), values(aws_api_gateway_method.ask)
      ) : method.api_key_required
    ])
    error_message = "every method asks for a key"
  }

  assert {
    condition = (
      toset(keys(output.api_key_ids)) == toset(["shop", "billing"]) &&
      aws_api_gateway_api_key.this["shop"].name == "acme-dev-api-shop" &&
      toset(keys(aws_api_gateway_usage_plan_key.this)) == toset(["shop", "billing"])
    )
    error_message = "each name has a key in the plan, and outputs hold no value"
  }

  assert {
    condition = (
      one(aws_api_gateway_usage_plan.this[0].throttle_settings).rate_limit == 5 &&
      one(aws_api_gateway_usage_plan.this[0].throttle_settings).burst_limit == 10 &&
      one(aws_api_gateway_usage_plan.this[0].quota_settings).limit == 1000 &&
      one(aws_api_gateway_usage_plan.this[0].quota_settings).period == "DAY"
    )
    error_message = "the plan's limits are each key's"
  }
}

run "who_reports_has_a_token_of_its_own" {
  command = plan

  variables {
    authorization    = "AWS_IAM"
    api_keys         = ["shop"]
    outcome_function = { name = "acme-dev-outcome" }
    function_names = {
      status  = "acme-dev-status"
      cancel  = "acme-dev-cancel"
      openapi = "acme-dev-openapi"
      outcome = "acme-dev-outcome"
    }
  }

  assert {
    condition = (
      aws_api_gateway_method.ask["outcome"].authorization == "NONE" &&
      aws_api_gateway_method.ask["outcome"].api_key_required == false &&
      aws_api_gateway_method.ask["command"].authorization == "AWS_IAM"
    )
    error_message = "a partner has no other credential, and no other path is open for it"
  }

  assert {
    condition = (
      aws_lambda_permission.ask["outcome"].function_name == "acme-dev-outcome" &&
      endswith(
        aws_api_gateway_integration.ask["outcome"].uri, "function:acme-dev-outcome/invocations",
      )
    )
    error_message = "the outcome function answers"
  }
}
