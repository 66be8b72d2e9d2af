# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
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

run "rejects_a_name_that_leaves_no_room_for_the_role" {
  command = plan
  variables { name = format("%060d", 0) }
  expect_failures = [var.name]
}

run "rejects_an_origin_with_a_path" {
  command = plan
  variables { cors_allow_origins = ["https://app.example.com/"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_an_origin_with_any_host" {
  command = plan
  variables { cors_allow_origins = ["https://*"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_all_origins_together_with_one" {
  command = plan
  variables { cors_allow_origins = ["*", "https://app.example.com"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_an_origin_named_twice" {
  command = plan
  variables { cors_allow_origins = ["https://a.example", "https://a.example"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_a_rate_of_nothing" {
  command = plan
  variables { throttling = { requests_per_second = 0 } }
  expect_failures = [var.throttling]
}

run "rejects_half_a_burst" {
  command = plan
  variables { throttling = { burst = 1.5 } }
  expect_failures = [var.throttling]
}

run "rejects_a_stage_with_a_slash" {
  command = plan
  variables { stage_name = "v1/x" }
  expect_failures = [var.stage_name]
}

run "rejects_tokens_which_a_rest_api_does_not_check" {
  command = plan
  variables { authorization = "JWT" }
  expect_failures = [var.authorization]
}

run "rejects_a_key_with_a_space_in_its_name" {
  command = plan
  variables { api_keys = ["my shop"] }
  expect_failures = [var.api_keys]
}

run "rejects_a_key_named_twice" {
  command = plan
  variables { api_keys = ["shop", "shop"] }
  expect_failures = [var.api_keys]
}

run "rejects_a_plan_that_lets_nothing_through" {
  command = plan
  variables { usage_plan = { burst = 0 } }
  expect_failures = [var.usage_plan]
}

run "rejects_a_quota_for_a_year" {
  command = plan
  variables { usage_plan = { quota = { requests = 1, period = "YEAR" } } }
  expect_failures = [var.usage_plan]
}

run "rejects_a_firewall_of_another_kind" {
  command = plan
  variables { waf = { acl_arn = "arn:aws:wafv2:us-east-1:1:global/webacl/a/b" } }
  expect_failures = [var.waf]
}

run "bounds_the_role_by_a_policy_when_asked" {
  command = plan
  variables {
    runtime = {
      permissions_boundary = "arn:aws:iam::123456789012:policy/bootstrap/acme"
    }
  }

  assert {
    condition = (
      aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/bootstrap/acme"
    )
    error_message = "a deployment with bounds must be able to make the role"
  }
}
