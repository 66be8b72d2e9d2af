# What has no name in its ARN, so that a prefix cannot bound it. A condition bounds some of it; for
# the rest there is an account of its own.
locals {
  # Every resource of the project has these tags, by the provider's default_tags.
  tags = {
    "aws:ResourceTag/Project"     = [var.project]
    "aws:ResourceTag/Environment" = sort(var.environments)
  }
  requested_tags = {
    for key, values in local.tags : replace(key, "ResourceTag", "RequestTag") => values
  }

  own_tags = { StringLike = local.tags }
  # AWS may take minutes to see the tags of something new, so what must work at once asks only that
  # the tags are nobody else's:
  # https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
  no_other_tags = { StringLikeIfExists = local.tags }
  new_tags      = { StringLikeIfExists = merge(local.tags, local.requested_tags) }

  own_function = { ArnLike = { "lambda:FunctionArn" = local.resources.named.functions } }

  grants_by_id = {
    # By the function that they feed; making one names no mapping yet.
    mappings = {
      resources = local.anything
      look      = ["lambda:GetEventSourceMapping"]
      change = [
        "lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping",
        "lambda:UpdateEventSourceMapping",
      ]
      condition = local.own_function
    }

    mapping_tags = {
      resources = ["${local.arn}:lambda:*:${local.account}:event-source-mapping:*"]
      look      = ["lambda:ListTags"]
      change    = ["lambda:TagResource", "lambda:UntagResource"]
      condition = local.new_tags
    }

    # Of the team's own or of another account: who attaches a layer must be able to read it.
    layers = {
      resources = ["${local.arn}:lambda:*:*:layer:*"]
      look      = []
      change    = ["lambda:GetLayerVersion"]
    }

    # Each of these is a collection, what is in it, and nothing else: /apis, /apis/a1b2, … What a
    # REST API consists of has the API's tags; routes and integrations of an HTTP API have none:
    # see "apigateway-tagging-supported-resources" in API Gateway's developer guide.
    apis = {
      resources = [
        for kind in ["apis", "restapis", "apikeys", "usageplans", "tags"] :
        "${local.arn}:apigateway:*::/${kind}*"
      ]
      look      = ["apigateway:GET"]
      change    = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
      condition = local.new_tags
    }

    # A firewall belongs to somebody else; it is only put before a stage of ours.
    firewalls = {
      resources = [
        "${local.arn}:wafv2:*:${local.account}:regional/webacl/*",
        "${local.arn}:apigateway:*::/restapis/*/stages/*",
      ]
      look   = ["wafv2:GetWebACLForResource"]
      change = ["apigateway:SetWebACL", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"]
    }

    # An address or a domain, which is nobody's name for a project.
    identities = {
      resources = ["${local.arn}:ses:*:${local.account}:identity/*"]
      look      = ["ses:GetEmailIdentity", "ses:ListTagsForResource"]
      change = [
        "ses:CreateEmailIdentity", "ses:DeleteEmailIdentity",
        "ses:PutEmailIdentityDkimAttributes", "ses:PutEmailIdentityDkimSigningAttributes",
        "ses:TagResource", "ses:UntagResource",
      ]
      condition = local.new_tags
    }

    keys = {
      resources = ["${local.arn}:kms:*:${local.account}:key/*"]
      look      = []
      change = [
        "kms:DeleteAlias", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:UntagResource",
        "kms:UpdateAlias", "kms:UpdateKeyDescription",
      ]
      condition = local.own_tags
    }

    # What the provider does with a key in its first minutes.
    new_keys = {
      resources = ["${local.arn}:kms:*:${local.account}:key/*"]
      look = [
        "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags",
      ]
      change    = ["kms:CreateAlias", "kms:EnableKeyRotation"]
      condition = local.no_other_tags
    }

    # A new key or distribution has no tag until it gets ours; one of another project has its own.
    new_things = {
      resources = local.anything
      look      = ["kms:ListAliases"]
      change = [
        "cloudfront:CreateDistribution", "cloudfront:TagResource", "kms:CreateKey",
        "kms:TagResource",
      ]
      condition = local.new_tags
    }

    # A distribution by its tags; what it refers to has neither name nor tag in AWS.
    distributions = {
      resources = ["${local.arn}:cloudfront::${local.account}:distribution/*"]
      look      = []
      change = [
        "cloudfront:DeleteDistribution", "cloudfront:UntagResource",
        "cloudfront:UpdateDistribution",
      ]
      condition = local.own_tags
    }

    # The provider waits for a new one.
    new_distributions = {
      resources = ["${local.arn}:cloudfront::${local.account}:distribution/*"]
      look = [
        "cloudfront:GetDistribution", "cloudfront:GetDistributionConfig",
        "cloudfront:ListTagsForResource",
      ]
      change    = []
      condition = local.no_other_tags
    }

    distribution_settings = {
      resources = [
        for kind in ["origin-access-control", "response-headers-policy"] :
        "${local.arn}:cloudfront::${local.account}:${kind}/*"
      ]
      look = [
        "cloudfront:GetOriginAccessControl", "cloudfront:GetOriginAccessControlConfig",
        "cloudfront:GetResponseHeadersPolicy", "cloudfront:GetResponseHeadersPolicyConfig",
      ]
      change = [
        "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy",
        "cloudfront:UpdateOriginAccessControl", "cloudfront:UpdateResponseHeadersPolicy",
      ]
    }

    # AWS knows no resource for these, or wants "*" all the same (composite alarms):
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    # A plan looks for queues that it would delete with what is in them; SQS lists all or none. The
    # deliveries are what access logs of an API ask for:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    account = {
      resources = local.anything
      look = [
        "cloudwatch:DescribeAlarms", "logs:DescribeLogGroups", "logs:DescribeQueryDefinitions",
        "secretsmanager:GetRandomPassword", "sns:GetSubscriptionAttributes", "sqs:ListQueues",
      ]
      change = [
        "cloudfront:CreateOriginAccessControl", "cloudfront:CreateResponseHeadersPolicy",
        "cloudwatch:PutCompositeAlarm", "logs:CreateLogDelivery", "logs:DeleteLogDelivery",
        "logs:DeleteQueryDefinition", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
        "logs:ListLogDeliveries", "logs:PutQueryDefinition", "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery", "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
      ]
    }
  }
}
