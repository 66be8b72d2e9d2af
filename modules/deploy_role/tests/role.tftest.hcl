# What is around the role. What it may do: tests/infra/test_bootstrap.py.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name               = "apply"
  path               = "/bootstrap/"
  project            = "acme-jobs"
  environments       = ["dev"]
  trust              = "{\"Statement\":[]}"
  plan_reads_secrets = false
  additional_grants  = { deploy = [], run = [] }
  state = {
    arn    = "arn:aws:s3:::tfstate"
    policy = "{\"Statement\":[]}"
  }
}

run "keeps_the_role_out_of_its_own_reach" {
  command = plan

  assert {
    condition = (
      aws_iam_role.this.path == "/bootstrap/" && aws_iam_role.this.name == "github-acme-jobs-apply"
    )
    error_message = "it may change roles that begin with acme-jobs-dev-"
  }

  assert {
    condition = alltrue([
      for it in concat(
        [aws_iam_policy.boundary, aws_iam_policy.workload_boundary], values(aws_iam_policy.this),
      ) : it.path == "/bootstrap/"
    ])
    error_message = "nor may it change its policies"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == aws_iam_policy.boundary.arn
    error_message = "the deploying role is bounded itself"
  }

  assert {
    condition = toset(values(aws_iam_role_policy_attachment.this)[*].policy_arn) == toset(
      values(aws_iam_policy.this)[*].arn
    )
    error_message = "every policy is attached"
  }
}

run "plans_read_no_keys_unless_they_may_read_secrets" {
  command = plan
  variables { environments = ["eu-prod", "qa"] }

  assert {
    condition = [
      for it in jsondecode(output.policies.look).Statement : it.Resource if it.Effect == "Deny"
    ] == [["arn:aws:apigateway:*::/apikeys*", "arn:aws:apigateway:*::/usageplans/*/keys*"]]
    error_message = "reading a key is reading its value"
  }

  assert {
    condition = alltrue([
      for name in ["eu-prod", "qa"] :
      strcontains(local.policies.data, ":secret:/${name}/acme-jobs/*\"") &&
      strcontains(local.workload, ":table/acme-jobs-${name}-*\"")
    ])
    error_message = "an environment may have any declared name"
  }
}

run "plans_read_keys_where_they_may_read_secrets" {
  command = plan
  variables { plan_reads_secrets = true }

  assert {
    condition     = !strcontains(output.policies.look, "Deny")
    error_message = "a plan of keys reads them"
  }
}

run "names_each_environment_and_bounds_them_together" {
  command = plan

  variables { environments = ["prod", "staging"] }

  assert {
    condition = alltrue([
      for name in ["prod", "staging"] :
      strcontains(aws_iam_policy.this["data"].policy, ":table/acme-jobs-${name}-*\"")
    ])
    error_message = "a project acme has no hold on acme-jobs"
  }

  assert {
    condition     = strcontains(aws_iam_policy.boundary.policy, ":table/acme-jobs-*-*\"")
    error_message = "one pattern for all, since a boundary is one policy"
  }
}

run "has_a_policy_for_additional_grants_only_where_there_are_some" {
  command = plan

  assert {
    condition     = keys(aws_iam_policy.this) == ["by-id", "data", "functions"]
    error_message = "an empty policy is refused"
  }
}
