# The most that a function or an API of the project may ever do, whatever its policies say.
resource "aws_iam_policy" "workload_boundary" {
  name        = "${var.project}-workload-boundary"
  path        = local.path
  description = "The most that roles of ${var.project} may do"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect = "Allow"
          Action = [
            "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage", "sqs:SendMessage",
          ]
          Resource = local.grants.queues.resources
        },
        {
          Effect = "Allow"
          Action = [
            "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
            "dynamodb:UpdateItem",
          ]
          Resource = local.grants.tables.resources
        },
        {
          Effect   = "Allow"
          Action   = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
          Resource = local.grants.buckets.resources
        },
        {
          Effect   = "Allow"
          Action   = ["lambda:InvokeFunction"]
          Resource = local.grants.functions.resources
        },
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = local.grants.log_groups.resources
        },
        {
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = local.grants.secrets.resources
        },
        {
          Effect   = "Allow"
          Action   = ["ses:SendEmail"]
          Resource = local.grants.identities.resources
        },
        {
          Effect   = "Allow"
          Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          Resource = local.anything
        },
      ],
      local.additional.run,
    )
  })
}

# The most that the deploying role may ever do: its services on the project's names, and no way to
# widen that, even if somebody attaches AdministratorAccess to it.
resource "aws_iam_policy" "apply_boundary" {
  name        = "${var.project}-apply-boundary"
  path        = local.path
  description = "The most that the role that deploys ${var.project} may do"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect = "Allow"
        Action = distinct([
          for action in flatten([for grant in values(local.grants_by_name) : grant.change]) :
          "${split(":", action)[0]}:*"
        ])
        # Pages lie in buckets.
        Resource = flatten([
          for name, grant in local.grants_by_name : grant.resources if name != "pages"
        ])
      }],
      # What carries the project's tag instead is as much its own; all else goes action by action.
      [
        for name, statement in local.change_statements : merge(
          statement,
          !local.whole[name] ? {} : { Action = ["${split(":", statement.Action[0])[0]}:*"] },
        ) if !contains(keys(local.grants_by_name), name)
      ],
      jsondecode(var.state.policies.write).Statement,
      local.bounded_role_statements,
      local.additional.deploy,
      local.never,
    )
  })
}

locals {
  # A boundary has 6,144 characters, so it names services where that says no more.
  whole = { for name, grant in local.grants : name => try(grant.whole, false) }

  bounded_role_statements = concat(
    [merge(local.role_statements[0], {
      Action = concat(["iam:Get*", "iam:List*"], local.change_roles)
    })],
    slice(local.role_statements, 1, length(local.role_statements)),
  )
}

# Denials win over whatever is allowed, here or elsewhere, now or later.
locals {
  never = [
    {
      Sid      = "NeverUnboundRoles"
      Effect   = "Deny"
      Action   = concat(local.grant_to_roles, ["iam:AttachRolePolicy"])
      Resource = "${local.iam}:role/*"
      Condition = {
        StringNotEquals = { "iam:PermissionsBoundary" = aws_iam_policy.workload_boundary.arn }
      }
    },
    {
      Sid      = "NeverTakeBoundariesAway"
      Effect   = "Deny"
      Action   = ["iam:DeleteRolePermissionsBoundary"]
      Resource = "${local.iam}:role/*"
    },
    {
      Sid    = "NeverChangeWhatBoundsThisRole"
      Effect = "Deny"
      Action = ["iam:*"]
      Resource = [
        "${local.iam}:role${local.path}*", "${local.iam}:policy${local.path}*",
        "${local.iam}:oidc-provider/*",
      ]
    },
    {
      Sid       = "NeverChangeTheStateBucket"
      Effect    = "Deny"
      NotAction = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
      Resource  = [var.state.arn, "${var.state.arn}/*"]
    },
  ]
}
