locals {
  additional = {
    for who, grants in var.additional_grants : who => [
      for grant in grants :
      { Effect = "Allow", Action = grant.actions, Resource = grant.resources }
    ]
  }

  # One role looks at everything: what is looked at in the same way is one statement.
  looks = {
    for grant in values(local.grants) :
    jsonencode([grant.look, try(grant.condition, null)]) => grant... if length(grant.look) > 0
  }
  look_statements = [
    for alike in values(local.looks) : merge(
      { Effect = "Allow", Action = alike[0].look, Resource = flatten(alike[*].resources) },
      try({ Condition = alike[0].condition }, {}),
    )
  ]
  # What options add is a policy of its own: all that a role has inline is 10,240 characters.
  look_options = [
    for name, grant in local.options : merge(
      { Effect = "Allow", Action = grant.look, Resource = grant.resources },
      try({ Condition = grant.condition }, {}),
    ) if length(grant.look) > 0
  ]
  # One statement for each kind of thing that is looked at and changed.
  change_statements = {
    for name, grant in local.grants : name => merge(
      { Effect = "Allow", Action = concat(grant.look, grant.change), Resource = grant.resources },
      try({ Condition = grant.condition }, {}),
    )
  }

  look_at_roles = [
    "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:ListRoleTags",
  ]
  # None of these gives a role more than its boundary.
  change_roles = [
    "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
  ]
  # These could, so the role must have the boundary of workloads, or get it by that very call.
  grant_to_roles = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]

  with_boundary = {
    StringEquals = { "iam:PermissionsBoundary" = local.workload_boundary_arn }
  }
  passed_to_services = {
    StringEquals = {
      "iam:PassedToService" = concat(
        ["apigateway.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com"],
        local.task_services,
      )
    }
  }

  role_statements = [
    {
      Effect   = "Allow"
      Action   = concat(local.look_at_roles, local.change_roles)
      Resource = local.resources.named.roles
    },
    {
      Effect    = "Allow"
      Action    = local.grant_to_roles
      Resource  = local.resources.named.roles
      Condition = local.with_boundary
    },
    {
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = local.resources.named.roles
      Condition = local.passed_to_services
    },
  ]

  # A managed policy has 6,144 characters, and all that a role has inline 10,240.
  policies = {
    for name, statements in {
      data = [
        for kind in ["buckets", "pages", "queues", "schedules", "secrets", "tables"] :
        local.change_statements[kind]
      ]
      functions = concat(
        [
          for kind in ["alarms", "functions", "key_aliases", "log_groups", "rules", "topics"] :
          local.change_statements[kind]
        ],
        local.role_statements,
      )
      by-id      = [for kind in keys(local.grants_by_id) : local.change_statements[kind]]
      options    = values(local.option_statements)
      additional = local.additional.deploy
    } : name => jsonencode({ Version = "2012-10-17", Statement = statements })
    if length(statements) > 0
  }

  look = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.look_statements,
      [{ Effect = "Allow", Action = local.look_at_roles, Resource = local.resources.named.roles }],
      # Reading an API key is reading its value, and its use in a plan shows it as well.
      var.plan_reads_secrets ? [] : [{
        Effect = "Deny"
        Action = ["apigateway:GET"]
        Resource = [
          for place in ["apikeys*", "usageplans/*/keys*"] : "${local.arn}:apigateway:*::/${place}"
        ]
      }],
    )
  })
}
