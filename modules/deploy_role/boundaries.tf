# The most that a function or an API of the project may ever do, whatever its policies say.
resource "aws_iam_policy" "workload_boundary" {
  name        = local.workload_boundary
  path        = var.path
  description = "The most that roles of ${var.project} (${var.name}) may do"
  policy      = local.workload

  lifecycle {
    precondition {
      condition     = local.sizes.workload <= local.longest
      error_message = "${local.sizes.workload} ${local.too_long}, for example \"acm:*\"."
    }
  }
}

locals {
  workload_boundary = "${var.project}-${var.name}-workload-boundary"
  # Known before AWS made it, so that a plan can tell the length of what names it.
  workload_boundary_arn = "${local.iam}:policy${var.path}${local.workload_boundary}"

  workload = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect = "Allow"
          Action = [
            "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage", "sqs:SendMessage",
          ]
          Resource = local.resources.named.queues
        },
        {
          Effect = "Allow"
          Action = [
            "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
            "dynamodb:Scan", "dynamodb:UpdateItem", "dynamodb:DescribeStream",
            "dynamodb:GetRecords", "dynamodb:GetShardIterator",
          ]
          Resource = local.resources.named.tables
        },
        {
          Effect = "Allow"
          Action = [
            "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:ListMultipartUploadParts",
            "s3:PutObject",
          ]
          Resource = local.resources.named.buckets
        },
        {
          Effect   = "Allow"
          Action   = ["lambda:InvokeFunction"]
          Resource = local.resources.named.functions
        },
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = local.resources.named.log_groups
        },
        {
          Effect   = "Allow"
          Action   = ["events:PutEvents", "sns:Publish"]
          Resource = concat(local.resources.bounded.buses, local.resources.bounded.topics)
        },
        {
          Effect = "Allow"
          Action = [
            "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
          ]
          Resource = local.resources.bounded.schedules
        },
        {
          Effect   = "Allow"
          Action   = ["iam:PassRole"]
          Resource = local.resources.bounded.roles
          Condition = { StringEquals = {
            "iam:PassedToService" = concat(["scheduler.amazonaws.com"], local.task_services)
          } }
        },
        # An API's id says nothing of whose it is.
        {
          Effect   = "Allow"
          Action   = ["execute-api:ManageConnections"]
          Resource = ["${local.arn}:execute-api:*:${local.account}:*/@connections/*"]
        },
        {
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = local.resources.named.secrets
        },
        {
          Effect   = "Allow"
          Action   = ["ses:SendEmail"]
          Resource = local.grants_by_id.identities.resources
        },
        {
          Effect = "Allow"
          Action = [
            "dynamodb:ListStreams", "scheduler:ListSchedules", "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
          ]
          Resource = local.anything
        },
      ],
      local.run_options,
      local.additional.run,
    )
  })
}

# The most that the deploying role may ever do: its services on the project's names and tags, and no
# way to widen that, even if somebody attaches AdministratorAccess to it.
resource "aws_iam_policy" "boundary" {
  name        = "${var.project}-${var.name}-boundary"
  path        = var.path
  description = "The most that the role github-${var.project}-${var.name} may do"
  policy      = local.boundary

  lifecycle {
    precondition {
      condition     = local.sizes.boundary <= local.longest
      error_message = "${local.sizes.boundary} ${local.too_long}, for example \"acm:*\"."
    }
  }
}

locals {
  # A boundary is one policy, so it says no more than it takes to bound: services instead of actions
  # and tags instead of ARNs. The role's own policies name both.
  boundary = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect = "Allow"
          Action = concat(["iam:*"], var.options.tasks ? ["ecs:*"] : [], distinct([
            for action in flatten([for grant in values(local.grants_by_name) : grant.change]) :
            "${split(":", action)[0]}:*"
          ]))
          # Pages lie in buckets, and the pattern of groups has the schedules too.
          Resource = flatten([
            for kind, resources in local.resources.bounded : resources
            if !contains(["pages", "schedules"], kind)
          ])
        },
        {
          Effect    = "Allow"
          Action    = ["cloudfront:*", "kms:*"]
          Resource  = "*"
          Condition = local.own_tags
        },
        {
          Effect = "Allow"
          Action = concat(local.has_domains ? ["acm:*"] : [], [
            "apigateway:*", "cloudfront:CreateDistribution", "cloudfront:Get*",
            "cloudfront:ListTagsForResource", "cloudfront:TagResource", "kms:CreateKey",
            "kms:DescribeKey", "kms:EnableKeyRotation", "kms:Get*", "kms:List*",
            "kms:TagResource", "lambda:*Tag*", "ses:*EmailIdentity*", "ses:*Tag*",
          ])
          Resource  = "*"
          Condition = local.new_tags
        },
        # An alias has no tags, so it is bounded by its name, above.
        {
          Effect    = "Allow"
          Action    = "kms:CreateAlias"
          Resource  = local.grants_by_id.new_keys.resources
          Condition = local.no_other_tags
        },
        {
          Effect    = "Allow"
          Action    = "lambda:*EventSourceMapping"
          Resource  = "*"
          Condition = { ArnLike = { "lambda:FunctionArn" = local.resources.bounded.functions } }
        },
        {
          Effect = "Allow"
          Action = concat(var.options.vpc ? ["ec2:Describe*"] : [], local.task_revisions, [
            "cloudfront:*OriginAccessControl*", "cloudfront:*ResponseHeadersPolic*",
            "cloudwatch:DescribeAlarms", "cloudwatch:PutCompositeAlarm", "lambda:GetLayerVersion",
            "logs:*Deliver*", "logs:*QueryDefinition*", "logs:*ResourcePolic*",
            "logs:DescribeLogGroups", "secretsmanager:GetRandomPassword", "sns:*Subscri*",
            "sqs:ListQueues", "wafv2:*ssociateWebACL", "wafv2:GetWebACLForResource",
          ])
          Resource = "*"
        },
      ],
      local.bounded_options,
      jsondecode(var.state.policy).Statement,
      local.additional.deploy,
      local.never,
    )
  })

  # Denials win over whatever is allowed, here or elsewhere, now or later.
  never = [
    # A role without the boundary of workloads.
    {
      Effect    = "Deny"
      Action    = local.grant_to_roles
      Resource  = "*"
      Condition = { StringNotEquals = local.with_boundary.StringEquals }
    },
    {
      Effect   = "Deny"
      Action   = ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary"]
      Resource = "*"
    },
    {
      Effect    = "Deny"
      Action    = "iam:PassRole"
      Resource  = "*"
      Condition = { StringNotEquals = local.passed_to_services.StringEquals }
    },
    # What bounds this role.
    {
      Effect   = "Deny"
      Action   = "iam:*"
      Resource = [for kind in ["role", "policy"] : "${local.iam}:${kind}${var.path}*"]
    },
    {
      Effect    = "Deny"
      NotAction = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
      Resource  = [var.state.arn, "${var.state.arn}/*"]
    },
  ]
}
