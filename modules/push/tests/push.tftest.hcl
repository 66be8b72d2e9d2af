mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan

  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      id            = "a1b2c3"
      api_endpoint  = "wss://a1b2c3.execute-api.us-east-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3"
    }
  }
}

variables {
  name           = "acme-dev-push"
  table_name     = "acme-dev-watches"
  runtime        = { package_path = "versions.tf", log_level = "INFO", kms_key = null }
  data           = { name = "acme-dev-commands", ttl_attribute = "gone_at" }
  authentication = { mode = "none" }
  policies       = { commands = "{}" }
}

run "answers_messages_and_tells_by_the_same_stage" {
  command = plan

  assert {
    condition = (
      output.url == "wss://a1b2c3.execute-api.us-east-1.amazonaws.com/v1" &&
      output.listener_environment == {
        PUSH_ENDPOINT = "https://a1b2c3.execute-api.us-east-1.amazonaws.com/v1"
        WATCH_TABLE   = "acme-dev-watches"
      }
    )
    error_message = "clients connect where the notifier posts"
  }

  assert {
    condition = (
      aws_apigatewayv2_route.messages.route_key == "$default" &&
      aws_apigatewayv2_route_response.messages.route_response_key == "$default"
    )
    error_message = "what the function answers reaches the client"
  }

  assert {
    condition = (
      aws_dynamodb_table.watches.hash_key == "id" &&
      aws_dynamodb_table.watches.range_key == "connection" &&
      aws_dynamodb_table.watches.ttl[0].attribute_name == "until"
    )
    error_message = "viewers of a command are one query, and lost ones expire"
  }
}

run "grants_no_more_than_each_side_needs" {
  command = plan

  assert {
    condition = (
      flatten(jsondecode(local.policies.watch).Statement[*].Action) ==
      ["dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
    )
    error_message = "who watches never reads who else does"
  }

  assert {
    condition = jsondecode(output.policies.tell).Statement[1] == {
      Effect = "Allow"
      Action = ["execute-api:ManageConnections"]
      Resource = [
        "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/v1/DELETE/@connections/*",
        "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/v1/POST/@connections/*",
      ]
    }
    error_message = "connections of this API's stage only"
  }

  assert {
    condition     = module.function.grants == toset(["commands", "watches"])
    error_message = "the function reads commands and writes watches"
  }
}

run "lets_anybody_connect_without_authentication" {
  command = plan

  assert {
    condition = (
      aws_apigatewayv2_route.connect.authorization_type == "NONE" &&
      length(aws_apigatewayv2_authorizer.this) == 0
    )
    error_message = "as the HTTP API does"
  }
}

run "asks_for_signatures" {
  command = plan

  variables { authentication = { mode = "iam" } }

  assert {
    condition = (
      aws_apigatewayv2_route.connect.authorization_type == "AWS_IAM" &&
      length(aws_apigatewayv2_authorizer.this) == 0
    )
    error_message = "of whoever connects"
  }
}

run "asks_for_tokens" {
  command = plan

  variables {
    authentication = {
      mode     = "jwt"
      issuer   = "https://id.example.com"
      audience = ["commands"]
      scopes   = { submit = ["write"], read = ["read"] }
    }
  }

  assert {
    condition = (
      aws_apigatewayv2_route.connect.authorization_type == "CUSTOM" &&
      aws_apigatewayv2_authorizer.this[0].identity_sources ==
      toset(["route.request.querystring.access_token"])
    )
    error_message = "in the URL, as a browser has no headers for it"
  }

  assert {
    condition = jsondecode(module.function.environment.AUTHENTICATION).scopes == {
      admin = null, read = ["read"]
    }
    error_message = "the function judges them by the same issuer, audience and scopes"
  }
}

run "encrypts_the_table_with_a_key_of_ones_own" {
  command = plan

  variables {
    runtime = {
      package_path = "versions.tf", log_level = "INFO"
      kms_key      = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" }
    }
  }

  assert {
    condition = (
      one(aws_dynamodb_table.watches.server_side_encryption).kms_key_arn ==
      var.runtime.kms_key.arn &&
      jsondecode(local.policies.watch).Statement[1].Resource == var.runtime.kms_key.arn
    )
    error_message = "whoever watches needs the key"
  }
}

run "refuses_tokens_of_nobody" {
  command = plan
  variables { authentication = { mode = "jwt" } }
  expect_failures = [var.authentication]
}

run "refuses_other_authentication" {
  command = plan
  variables { authentication = { mode = "basic" } }
  expect_failures = [var.authentication]
}

run "refuses_a_limit_below_a_message" {
  command = plan
  variables { settings = { watches_per_connection = 24 } }
  expect_failures = [var.settings]
}

run "refuses_a_rate_of_nothing" {
  command = plan
  variables { settings = { requests_per_second = 0 } }
  expect_failures = [var.settings]
}
