# What it takes to look at and to change what the blueprint's modules make. The names of actions
# are those of the Service Authorization Reference, as the AWS provider needs them.
locals {
  arn      = "arn:${local.partition}"
  anything = ["*"]

  grants = merge(local.grants_by_name, local.grants_by_id)

  grants_by_name = {
    queues = {
      resources = ["${local.arn}:sqs:*:${local.account}:${local.prefix}*"]
      look      = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
      change = [
        "sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue",
        "sqs:UntagQueue",
      ]
    }

    tables = {
      resources = ["${local.arn}:dynamodb:*:${local.account}:table/${local.prefix}*"]
      look = [
        "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource",
      ]
      change = [
        "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:TagResource",
        "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ]
    }

    # With what lies in them: force_destroy empties a bucket.
    buckets = {
      resources = ["${local.arn}:s3:::${local.prefix}*"]
      look = [
        "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS",
        "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment", "s3:GetBucketTagging", "s3:GetBucketVersioning",
        "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration", "s3:ListBucket",
      ]
      change = [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObject",
        "s3:DeleteObjectVersion", "s3:ListBucketVersions", "s3:PutBucketCORS",
        "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
      ]
    }

    # The files of a web page, which are public: Terraform puts them there, and reads them.
    pages = {
      resources = ["${local.arn}:s3:::${local.prefix}*-site-*/*"]
      look      = ["s3:GetObject", "s3:GetObjectTagging"]
      change    = ["s3:PutObject"]
    }

    functions = {
      resources = ["${local.arn}:lambda:*:${local.account}:function:${local.prefix}*"]
      look = [
        "lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConfiguration", "lambda:GetPolicy", "lambda:ListTags",
        "lambda:ListVersionsByFunction",
      ]
      change = [
        "lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction",
        "lambda:DeleteAlias", "lambda:DeleteFunction", "lambda:PublishVersion",
        "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource",
        "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
      ]
    }

    log_groups = {
      resources = [
        for place in ["/aws/lambda", "/aws/vendedlogs/apigateway"] :
        "${local.arn}:logs:*:${local.account}:log-group:${place}/${local.prefix}*"
      ]
      look = ["logs:ListTagsForResource"]
      change = [
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy",
        "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      ]
    }

    rules = {
      resources = ["${local.arn}:events:*:${local.account}:rule/${local.prefix}*"]
      look = [
        "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
      ]
      change = [
        "events:DeleteRule", "events:DisableRule", "events:EnableRule", "events:PutRule",
        "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource",
      ]
    }

    # Named /<environment>/<project>/<purpose>. The provider reads a value that it has written.
    secrets = {
      resources = [
        "${local.arn}:secretsmanager:*:${local.account}:secret:/*/${var.project}/*",
      ]
      look = concat(
        ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
        var.plan_reads_secrets ? ["secretsmanager:GetSecretValue"] : [],
      )
      change = concat(
        [
          "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret",
          "secretsmanager:PutSecretValue", "secretsmanager:TagResource",
          "secretsmanager:UntagResource", "secretsmanager:UpdateSecret",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        var.plan_reads_secrets ? [] : ["secretsmanager:GetSecretValue"],
      )
    }

    alarms = {
      resources = [
        "${local.arn}:cloudwatch:*:${local.account}:alarm:${local.prefix}*",
        "${local.arn}:cloudwatch::${local.account}:dashboard/${local.prefix}*",
      ]
      look = ["cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource"]
      change = [
        "cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard",
        "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
      ]
    }

    key_aliases = {
      resources = ["${local.arn}:kms:*:${local.account}:alias/${local.prefix}*"]
      look      = []
      change    = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
    }

    topics = {
      resources = ["${local.arn}:sns:*:${local.account}:${local.prefix}*"]
      look      = ["sns:GetTopicAttributes", "sns:ListTagsForResource"]
      change = [
        "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe",
        "sns:TagResource", "sns:UntagResource",
      ]
    }
  }
}
