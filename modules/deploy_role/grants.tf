# What it takes to look at and to change what the blueprint's modules make. The names of actions
# are those of the Service Authorization Reference, as the AWS provider needs them.
locals {
  arn      = "arn:${local.partition}"
  anything = ["*"]

  grants = merge(local.grants_by_name, local.grants_by_id)

  # ARNs of what has a name, with NAME for `<project>-<environment>`.
  places = merge(local.task_places, {
    queues = ["sqs:*:${local.account}:NAME-*"]
    tables = ["dynamodb:*:${local.account}:table/NAME-*"]
    # Pages lie in buckets.
    buckets   = ["s3:::NAME-*"]
    pages     = ["s3:::NAME-site-*/*"]
    functions = ["lambda:*:${local.account}:function:NAME-*"]
    log_groups = [
      for place in concat(["/aws/lambda", "/aws/vendedlogs/apigateway"], local.task_logs) :
      "logs:*:${local.account}:log-group:${place}/NAME-*"
    ]
    rules           = ["events:*:${local.account}:rule/NAME-*"]
    buses           = ["events:*:${local.account}:event-bus/NAME-*"]
    schedules       = ["scheduler:*:${local.account}:schedule/NAME-*"]
    schedule_groups = ["scheduler:*:${local.account}:schedule-group/NAME-*"]

    secrets = ["secretsmanager:*:${local.account}:secret:/ENVIRONMENT/${var.project}/*"]
    # A dashboard is called after its environment.
    alarms = [
      "cloudwatch:*:${local.account}:alarm:NAME-*",
      "cloudwatch::${local.account}:dashboard/NAME",
      "cloudwatch::${local.account}:dashboard/NAME-*",
    ]
    key_aliases = ["kms:*:${local.account}:alias/NAME-*"]
    topics      = ["sns:*:${local.account}:NAME-*"]
    roles       = ["iam::${local.account}:role/NAME-*"]
  })

  # A boundary is one policy. Several environments have one pattern in it, since each takes a fifth
  # of its size; and so has what the role's own policies name one by one.
  wider = {
    log_groups      = ["logs:*:${local.account}:log-group:/aws/*/NAME-*"]
    schedule_groups = ["scheduler:*:${local.account}:schedule*/NAME-*"]
  }
  scopes = {
    named   = var.environments
    bounded = length(var.environments) == 1 ? var.environments : toset(["*"])
  }
  resources = {
    for scope, environments in local.scopes : scope => {
      for kind, places in merge(local.places, scope == "bounded" ? local.wider : {}) : kind => [
        for it in setproduct(places, sort(environments)) : "${local.arn}:${replace(
          replace(it[0], "NAME", "${var.project}-${it[1]}"), "ENVIRONMENT", it[1],
        )}"
      ]
    }
  }

  grants_by_name = {
    # Workers make and delete the schedules of single commands; these are the recurring ones.
    schedules = {
      resources = concat(
        local.resources.named.schedule_groups, local.resources.named.schedules,
      )
      look = [
        "scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource",
      ]
      change = [
        "scheduler:CreateSchedule", "scheduler:CreateScheduleGroup", "scheduler:DeleteSchedule",
        "scheduler:DeleteScheduleGroup", "scheduler:TagResource", "scheduler:UntagResource",
        "scheduler:UpdateSchedule",
      ]
    }

    queues = {
      resources = local.resources.named.queues
      look      = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
      change = [
        "sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue",
        "sqs:UntagQueue",
      ]
    }

    tables = {
      resources = local.resources.named.tables
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
      resources = local.resources.named.buckets
      look = [
        "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS",
        "s3:GetBucketLogging", "s3:GetBucketNotification", "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment", "s3:GetBucketTagging", "s3:GetBucketVersioning",
        "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration", "s3:ListBucket",
      ]
      change = [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObject",
        "s3:DeleteObjectVersion", "s3:ListBucketVersions", "s3:PutBucketCORS",
        "s3:PutBucketNotification", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
      ]
    }

    # The files of a web page, which are public: Terraform puts them there, and reads them.
    pages = {
      resources = local.resources.named.pages
      look      = ["s3:GetObject", "s3:GetObjectTagging"]
      change    = ["s3:PutObject"]
    }

    functions = {
      resources = local.resources.named.functions
      look = [
        "lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConfiguration", "lambda:GetPolicy", "lambda:ListTags",
        "lambda:ListVersionsByFunction",
      ]
      change = [
        "lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction",
        "lambda:DeleteAlias", "lambda:DeleteFunction", "lambda:DeleteFunctionConcurrency",
        "lambda:PublishVersion", "lambda:PutFunctionConcurrency", "lambda:RemovePermission",
        "lambda:TagResource", "lambda:UntagResource", "lambda:UpdateAlias",
        "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
      ]
    }

    log_groups = {
      resources = local.resources.named.log_groups
      look      = ["logs:ListTagsForResource"]
      change = [
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy",
        "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      ]
    }

    rules = {
      resources = local.resources.named.rules
      look = [
        "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
      ]
      change = [
        "events:DeleteRule", "events:DisableRule", "events:EnableRule", "events:PutRule",
        "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource",
      ]
    }

    buses = {
      resources = local.resources.named.buses
      look      = ["events:DescribeEventBus", "events:ListTagsForResource"]
      change = [
        "events:CreateEventBus", "events:DeleteEventBus", "events:TagResource",
        "events:UntagResource", "events:UpdateEventBus",
      ]
    }

    # Named /<environment>/<project>/<purpose>. The provider reads a value that it has written.
    secrets = {
      resources = local.resources.named.secrets
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
      resources = local.resources.named.alarms
      look      = ["cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource"]
      change = [
        "cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard",
        "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
      ]
    }

    key_aliases = {
      resources = local.resources.named.key_aliases
      look      = []
      change    = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
    }

    topics = {
      resources = local.resources.named.topics
      look      = ["sns:GetTopicAttributes", "sns:ListTagsForResource"]
      change = [
        "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe",
        "sns:TagResource", "sns:UntagResource",
      ]
    }
  }
}
