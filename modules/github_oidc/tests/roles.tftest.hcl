# Who may take the roles, and what is around them. What they may do: tests/infra/test_bootstrap.py.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  project      = "acme-jobs"
  repository   = "acme/jobs"
  environments = ["staging", "prod"]
  state = {
    arn = "arn:aws:s3:::tfstate"
    policies = {
      read           = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"]}]}"
      write          = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:PutObject\"]}]}"
      write_previews = "{\"Statement\":[]}"
    }
  }
}

run "trusts_pull_requests_and_the_branch_to_plan" {
  command = plan

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
  command = plan

  variables { branch = "release" }

  assert {
    condition = jsondecode(local.deployers.apply.trust).Statement[*].Condition == [{
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:ref" = "refs/heads/release"
        "token.actions.githubusercontent.com:sub" = [
          "repo:acme/jobs:environment:prod", "repo:acme/jobs:environment:staging",
        ]
      }
    }]
    error_message = "exact values only: ${local.deployers.apply.trust}"
  }

  assert {
    condition     = output.preview_role_arn == null && keys(module.deploy) == ["apply"]
    error_message = "nothing deploys from other branches"
  }
}

run "trusts_previews_from_any_branch_with_a_role_of_their_own" {
  command = plan

  variables { preview_environments = ["preview"] }

  assert {
    condition = jsondecode(local.deployers.preview.trust).Statement[*].Condition == [{
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = ["repo:acme/jobs:environment:preview"]
      }
    }]
    error_message = "a pull request has no branch: ${local.deployers.preview.trust}"
  }

  assert {
    condition     = !strcontains(local.deployers.apply.trust, "preview")
    error_message = "code of any branch must not reach staging and prod"
  }
}

run "makes_one_role_for_previews_alone" {
  command = plan

  variables {
    environments         = []
    preview_environments = ["preview"]
  }

  assert {
    condition     = output.apply_role_arn == null && keys(module.deploy) == ["preview"]
    error_message = "nothing else is deployed into this account"
  }
}

run "knows_immutable_subjects" {
  command = plan

  variables { repository = "acme@12/jobs@34" }

  assert {
    condition = strcontains(
      aws_iam_role.plan.assume_role_policy, "\"repo:acme@12/jobs@34:pull_request\"",
    )
    error_message = "GitHub's newer subjects name ids: ${aws_iam_role.plan.assume_role_policy}"
  }
}

run "keeps_its_own_roles_out_of_the_deployers_reach" {
  command = plan

  assert {
    condition = (
      aws_iam_role.plan.path == "/bootstrap/" && !startswith(aws_iam_role.plan.name, "acme-jobs-")
    )
    error_message = "the deploying role may change what begins with acme-jobs-"
  }
}

run "shares_the_provider_of_the_account" {
  command = plan

  variables { create_provider = false }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "an account can have only one"
  }
}

run "makes_the_provider_for_sts_only" {
  command = plan

  assert {
    condition = (
      aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    )
    error_message = "tokens for others are none for us"
  }
}

run "a_repository_with_ids_is_known_by_its_id" {
  command = plan

  variables {
    repository           = "acme@123456/jobs@456789"
    preview_environments = ["preview"]
  }

  assert {
    condition = alltrue([
      for trust in [
        aws_iam_role.plan.assume_role_policy, aws_iam_role.cleanup[0].assume_role_policy,
        local.deployers.apply.trust, local.deployers.preview.trust,
      ] :
      jsondecode(trust).Statement[0].Condition.StringEquals[
        "token.actions.githubusercontent.com:repository_id"
      ] == "456789"
    ])
    error_message = "nobody gets a role by taking a name that became free"
  }

  assert {
    condition = strcontains(
      aws_iam_role.plan.assume_role_policy, "\"repo:acme@123456/jobs@456789:pull_request\""
    )
    error_message = "the subject is the one that GitHub writes"
  }
}

run "other_partitions_know_the_subject_only" {
  command = plan

  variables { repository = "acme@123456/jobs@456789" }

  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }

  assert {
    condition = jsondecode(local.deployers.apply.trust).Statement[*].Condition == [{
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com.cn"
        "token.actions.githubusercontent.com:sub" = [
          "repo:acme@123456/jobs@456789:environment:prod",
          "repo:acme@123456/jobs@456789:environment:staging",
        ]
      }
    }]
    error_message = "a condition that AWS does not know there keeps everybody out"
  }
}

run "claims_are_a_choice_everywhere" {
  command = plan

  variables { check_claims = false }

  assert {
    condition     = !strcontains(local.deployers.apply.trust, "githubusercontent.com:ref")
    error_message = "GitHub's own protection rules are left"
  }
}
