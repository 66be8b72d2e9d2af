# Who may take the roles, and what is around them. What they may do: tests/infra/test_bootstrap.py.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project      = "acme-jobs"
  repository   = "acme/jobs"
  environments = ["staging", "prod"]
  state = {
    arn = "arn:aws:s3:::tfstate"
    policies = {
      read  = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"]}]}"
      write = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:PutObject\"]}]}"
    }
  }
}

run "trusts_pull_requests_and_the_branch_to_plan" {
  assert {
    condition = jsondecode(aws_iam_role.plan.assume_role_policy).Statement == [{
      Effect = "Allow"
      Action = "sts:AssumeRoleWithWebIdentity"
      Principal = {
        Federated = join("", [
          "arn:aws:iam::123456789012:oidc-provider/", "token.actions.githubusercontent.com",
        ])
      }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = [
            "repo:acme/jobs:pull_request", "repo:acme/jobs:ref:refs/heads/main",
          ]
        }
      }
    }]
    error_message = "exact values only: ${aws_iam_role.plan.assume_role_policy}"
  }
}

run "trusts_environments_on_the_branch_to_deploy" {
  variables { branch = "release" }

  assert {
    condition = [
      for it in jsondecode(aws_iam_role.apply.assume_role_policy).Statement : it.Condition
      ] == [{
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:ref" = "refs/heads/release"
          "token.actions.githubusercontent.com:sub" = [
            "repo:acme/jobs:environment:prod", "repo:acme/jobs:environment:staging",
          ]
        }
    }]
    error_message = "exact values only: ${aws_iam_role.apply.assume_role_policy}"
  }
}

run "trusts_previews_from_any_branch" {
  variables { preview_environments = ["preview"] }

  assert {
    condition = jsondecode(aws_iam_role.apply.assume_role_policy).Statement[1].Condition == {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = ["repo:acme/jobs:environment:preview"]
      }
    }
    error_message = "a pull request has no branch: ${aws_iam_role.apply.assume_role_policy}"
  }
}

run "knows_immutable_subjects" {
  variables { repository = "acme@12/jobs@34" }

  assert {
    condition = strcontains(
      aws_iam_role.plan.assume_role_policy, "\"repo:acme@12/jobs@34:pull_request\"",
    )
    error_message = "GitHub's newer subjects name ids: ${aws_iam_role.plan.assume_role_policy}"
  }
}

run "keeps_its_own_roles_out_of_its_reach" {
  assert {
    condition = alltrue([
      for it in [aws_iam_role.plan, aws_iam_role.apply] :
      it.path == "/bootstrap/" && !startswith(it.name, "acme-jobs-")
      ]) && alltrue([
      for it in [aws_iam_policy.apply_boundary, aws_iam_policy.workload_boundary] :
      it.path == "/bootstrap/"
    ])
    error_message = "the deploying role may change what begins with acme-jobs-"
  }

  assert {
    condition     = aws_iam_role.apply.permissions_boundary == aws_iam_policy.apply_boundary.arn
    error_message = "the deploying role is bounded itself"
  }
}

run "shares_the_provider_of_the_account" {
  variables { create_provider = false }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "an account can have only one"
  }
}

run "makes_the_provider_for_sts_only" {
  assert {
    condition = (
      aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    )
    error_message = "tokens for others are none for us"
  }
}

run "fits_into_the_limits_of_iam" {
  variables { project = format("a%031d", 0) }

  assert {
    condition = (
      length(aws_iam_role.apply.name) <= 64 &&
      length(aws_iam_policy.apply_boundary.policy) <= 6144 &&
      length(aws_iam_policy.workload_boundary.policy) <= 6144
    )
    error_message = "a managed policy has at most 6144 characters"
  }

  assert {
    condition = max(
      sum([for it in aws_iam_role_policy.plan : length(it.policy)]),
      sum([for it in aws_iam_role_policy.apply : length(it.policy)]),
    ) <= 10240
    error_message = "the policies of a role have at most 10240 characters together"
  }
}
