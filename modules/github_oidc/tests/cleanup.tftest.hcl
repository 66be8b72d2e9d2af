# The role that removes previews: who may take it, and that nothing else is in its reach.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  project              = "acme-jobs"
  repository           = "acme/jobs"
  environments         = ["prod"]
  preview_environments = ["preview"]
  state = {
    arn = "arn:aws:s3:::tfstate"
    policies = {
      read           = "{\"Statement\":[]}"
      write          = "{\"Statement\":[]}"
      write_previews = "{\"Statement\":[]}"
    }
  }
}

run "trusts_the_branch_only" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.cleanup[0].assume_role_policy).Statement[*].Condition == [{
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:acme/jobs:ref:refs/heads/main"
      }
    }]
    error_message = "a pull request must not remove another's preview"
  }

  assert {
    condition     = aws_iam_role.cleanup[0].path == "/bootstrap/"
    error_message = "out of the deploying role's reach"
  }
}

run "deletes_only_what_is_named_or_tagged_as_temporary" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.cleanup[0].policy).Statement :
      anytrue([
        # By name.
        alltrue([
          for resource in flatten([statement.Resource]) : anytrue([
            strcontains(resource, "acme-jobs-pr-*"), strcontains(resource, "acme-jobs-test-*"),
            strcontains(resource, ":secret:/pr-*/acme-jobs/"),
            strcontains(resource, ":secret:/test/acme-jobs/"),
            resource == "arn:aws:s3:::tfstate/acme-jobs/preview/*",
          ])
        ]),
        # By tag, by function, by prefix.
        try(statement.Condition.StringLike["aws:ResourceTag/Environment"] == ["pr-*", "test"] &&
        statement.Condition.StringEquals["aws:ResourceTag/Project"] == "acme-jobs", false),
        try(alltrue([
          for function in statement.Condition.ArnLike["lambda:FunctionArn"] :
          can(regex("function:acme-jobs-(pr|test)-[*]$", function))
        ]), false),
        # Looks, and the two kinds that have neither.
        alltrue([
          for action in statement.Action :
          can(regex(":(Get|List|Describe)[A-Z]|:GetResources$", action)) || contains([
            "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy",
          ], action)
        ]),
      ])
    ])
    error_message = "a deletion is bounded by names or by tags"
  }

  assert {
    condition     = length(aws_iam_role_policy.cleanup[0].policy) < 10240
    error_message = "IAM takes no longer one"
  }
}

run "gives_nobody_more_than_deletions" {
  command = plan

  assert {
    condition = alltrue([
      for action in flatten([
        for statement in jsondecode(aws_iam_role_policy.cleanup[0].policy).Statement :
        statement.Action
      ]) :
      !can(regex(":(Put|Create|Attach|Pass|Add|Tag|Set|Invoke)", action)) &&
      !strcontains(action, "*")
    ])
    error_message = "it makes nothing and reads no data"
  }
}

run "makes_no_such_role_without_previews" {
  command = plan

  variables {
    preview_environments = []
  }

  assert {
    condition     = output.cleanup_role_arn == null && length(aws_iam_role.cleanup) == 0
    error_message = "an account without previews has nothing to remove"
  }
}
