mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  project             = "acme-jobs"
  github_repository   = "acme/jobs"
  github_environments = ["dev"]
}

run "by_default_there_is_what_a_backend_and_the_roles_need" {
  command = plan

  assert {
    condition = (
      output.project == "acme-jobs" && output.state_region == "us-east-1" &&
      output.state_bucket == module.state_backend.bucket && output.state_lock_table == null
    )
    error_message = "make backend reads these"
  }

  assert {
    condition = (
      strcontains(module.state_backend.policies.read, "/acme-jobs/*") &&
      strcontains(module.state_backend.policies.write, "/acme-jobs/*")
    )
    error_message = "states of other projects, and bootstrap's own, are none of theirs"
  }

  assert {
    condition = (
      length(aws_api_gateway_account.this) + length(aws_iam_role.api_logs) +
      length(aws_iam_service_linked_role.api_gateway) == 0
    )
    error_message = "another project may have set the account's role"
  }
}

run "hands_everything_through" {
  command = plan
  variables {
    enable_lock_table       = true
    old_state_versions_days = 7
  }

  assert {
    condition     = output.state_lock_table == "tfstate-acme-jobs-lock"
    error_message = "a table on request"
  }
}

run "previews_share_one_policy_of_headers" {
  command = plan
  variables { github_preview_environments = ["preview"] }

  assert {
    condition     = output.preview_headers_policy_id == module.preview_headers[0].id
    error_message = "CloudFront allows 20 in an account, and each preview would have its own"
  }
}

run "makes_the_service_linked_role_of_custom_domains" {
  command = plan
  variables { enable_api_gateway_service_role = true }

  assert {
    condition = aws_iam_service_linked_role.api_gateway[*].aws_service_name == [
      "ops.apigateway.amazonaws.com",
    ]
    error_message = "the deploying role may not make it"
  }
}

run "lets_rest_apis_write_access_logs" {
  command = plan
  variables { enable_rest_api_logs = true }

  assert {
    condition = (
      aws_api_gateway_account.this[0].cloudwatch_role_arn == aws_iam_role.api_logs[0].arn &&
      aws_iam_role.api_logs[0].path == "/bootstrap/"
    )
    error_message = "a role that no deploying role may change"
  }

  assert {
    condition = aws_iam_role_policy_attachment.api_logs[0].policy_arn == join("", [
      "arn:aws:iam::aws:policy/service-role/", "AmazonAPIGatewayPushToCloudWatchLogs",
    ])
    error_message = "AWS's own policy for this"
  }
}
