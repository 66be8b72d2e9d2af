# Removes temporary environments that nobody took down, by `python -m scripts.cleanup`. What that
# decides by tags is bounded here by names and tags once more.
locals {
  has_previews = length(var.preview_environments) > 0

  temporary = ["${local.prefix}pr-*", "${local.prefix}test-*"]
  temporary_tags = {
    StringEquals = { "aws:ResourceTag/Project" = var.project }
    StringLike   = { "aws:ResourceTag/Environment" = ["pr-*", "test"] }
  }

  # What is named: actions on ARNs up to the name.
  removable_by_name = {
    "sqs:*:${local.account}:" = ["sqs:DeleteQueue", "sqs:GetQueueUrl"]

    "dynamodb:*:${local.account}:table/" = ["dynamodb:DeleteTable", "dynamodb:DescribeTable"]

    "s3:::" = [
      "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucket",
      "s3:ListBucketVersions",
    ]

    "lambda:*:${local.account}:function:" = [
      "lambda:DeleteFunction", "lambda:GetFunctionConfiguration",
    ]

    "events:*:${local.account}:rule/" = [
      "events:DeleteRule", "events:DescribeRule", "events:ListTargetsByRule",
      "events:RemoveTargets",
    ]

    "cloudwatch:*:${local.account}:alarm:" = ["cloudwatch:DeleteAlarms"]

    "cloudwatch::${local.account}:dashboard/" = ["cloudwatch:DeleteDashboards"]

    "sns:*:${local.account}:" = ["sns:DeleteTopic", "sns:GetTopicAttributes"]

    "logs:*:${local.account}:log-group:/aws/lambda/" = ["logs:DeleteLogGroup"]

    "logs:*:${local.account}:log-group:/aws/vendedlogs/apigateway/" = ["logs:DeleteLogGroup"]

    "kms:*:${local.account}:alias/" = ["kms:DeleteAlias"]

    "iam::${local.account}:role/" = [
      "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole",
      "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies",
      "iam:ListRoleTags",
    ]
  }

  # What has an id instead of a name, by its tags.
  removable_by_tags = {
    "apigateway:*::/*" = ["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH"]

    "cloudfront::${local.account}:distribution/*" = [
      "cloudfront:DeleteDistribution", "cloudfront:UpdateDistribution",
    ]

    "kms:*:${local.account}:key/*" = [
      "kms:DeleteAlias", "kms:DescribeKey", "kms:ScheduleKeyDeletion",
    ]
  }

  cleanup_statements = concat(
    [
      for place, actions in local.removable_by_name : {
        Effect   = "Allow"
        Action   = actions
        Resource = [for name in local.temporary : "${local.arn}:${place}${name}"]
      }
    ],
    [
      for place, actions in local.removable_by_tags : {
        Effect    = "Allow"
        Action    = actions
        Resource  = ["${local.arn}:${place}"]
        Condition = local.temporary_tags
      }
    ],
    [
      {
        Effect = "Allow"
        Action = ["secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret"]
        Resource = [
          for environment in ["pr-*", "test"] :
          "${local.arn}:secretsmanager:*:${local.account}:secret:/${environment}/${var.project}/*"
        ]
      },
      {
        Effect   = "Allow"
        Action   = ["lambda:DeleteEventSourceMapping"]
        Resource = local.anything
        Condition = {
          ArnLike = {
            "lambda:FunctionArn" = [
              for name in local.temporary :
              "${local.arn}:lambda:*:${local.account}:function:${name}"
            ]
          }
        }
      },
      # AWS knows no tags of these, and refuses to delete one that a distribution uses.
      {
        Effect = "Allow"
        Action = [
          "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy",
        ]
        Resource = [
          for kind in ["origin-access-control", "response-headers-policy"] :
          "${local.arn}:cloudfront::${local.account}:${kind}/*"
        ]
      },
      {
        Effect = "Allow"
        Action = [
          "cloudfront:GetDistribution", "cloudfront:GetDistributionConfig",
          "cloudfront:GetOriginAccessControlConfig", "cloudfront:GetResponseHeadersPolicyConfig",
          "cloudfront:ListOriginAccessControls", "cloudfront:ListResponseHeadersPolicies",
          "cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "iam:ListRoles",
          "kms:ListAliases", "lambda:GetEventSourceMapping", "lambda:ListEventSourceMappings",
          "lambda:ListTags", "logs:DescribeLogGroups", "tag:GetResources",
        ]
        Resource = local.anything
      },
      # Old versions stay for as long as the state bucket keeps them.
      {
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = "${var.state.arn}/${var.project}/preview/*"
      },
      {
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = var.state.arn
        Condition = { StringLike = { "s3:prefix" = "${var.project}/preview/*" } }
      },
    ],
  )

  cleanup_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = merge(local.from_repository, {
          "${local.issuer}:sub" = "repo:${var.repository}:ref:${local.branch}"
        })
      }
    }]
  })
}

# Only what runs on the branch: a pull request must not remove the preview of another.
resource "aws_iam_role" "cleanup" {
  #checkov:skip=CKV_AWS_393:It takes the variable for a wildcard; variables.tf wants exact names.
  count = local.has_previews ? 1 : 0

  name                 = "github-${var.project}-cleanup"
  path                 = local.path
  description          = "Removes temporary environments of ${var.project}"
  assume_role_policy   = local.cleanup_trust
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "cleanup" {
  count = local.has_previews ? 1 : 0

  name   = "remove"
  role   = aws_iam_role.cleanup[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.cleanup_statements })
}
