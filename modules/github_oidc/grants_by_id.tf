# What has no name in its ARN, so that a prefix cannot bound it. A condition bounds some of it; for
# the rest there is an account of its own.
locals {
  # Tags that every resource of the project has, by the provider's default_tags.
  own_tag      = { StringEquals = { "aws:ResourceTag/Project" = var.project } }
  own_function = { ArnLike = { "lambda:FunctionArn" = local.grants_by_name.functions.resources } }

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
    }

    # Each of these is a collection, what is in it, and nothing else: /apis, /apis/a1b2, …
    apis = {
      whole = true
      resources = [
        for kind in ["apis", "restapis", "apikeys", "usageplans", "tags"] :
        "${local.arn}:apigateway:*::/${kind}*"
      ]
      look   = ["apigateway:GET"]
      change = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
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
    }

    keys = {
      whole     = true
      resources = ["${local.arn}:kms:*:${local.account}:key/*"]
      look = [
        "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags",
      ]
      change = [
        "kms:CreateAlias", "kms:DeleteAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion", "kms:UntagResource", "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ]
      condition = local.own_tag
    }

    # A new key or distribution has no tag until it gets ours; one of another project has its own.
    new_things = {
      resources = local.anything
      look      = ["kms:ListAliases"]
      change = [
        "cloudfront:CreateDistribution", "cloudfront:TagResource", "kms:CreateKey",
        "kms:TagResource",
      ]
      condition = {
        StringEqualsIfExists = {
          "aws:RequestTag/Project"  = var.project
          "aws:ResourceTag/Project" = var.project
        }
      }
    }

    # A distribution by its tag; what it refers to has neither name nor tag in AWS.
    distributions = {
      whole     = true
      resources = ["${local.arn}:cloudfront::${local.account}:distribution/*"]
      look = [
        "cloudfront:GetDistribution", "cloudfront:GetDistributionConfig",
        "cloudfront:ListTagsForResource",
      ]
      change = [
        "cloudfront:DeleteDistribution", "cloudfront:UntagResource",
        "cloudfront:UpdateDistribution",
      ]
      condition = local.own_tag
    }

    distribution_settings = {
      whole = true
      resources = [
        for kind in ["origin-access-control", "response-headers-policy"] :
        "${local.arn}:cloudfront::${local.account}:${kind}/*"
      ]
      look = [
        "cloudfront:GetOriginAccessControl", "cloudfront:GetOriginAccessControlConfig",
        "cloudfront:GetResponseHeadersPolicy", "cloudfront:GetResponseHeadersPolicyConfig",
      ]
      change = [
        "cloudfront:CreateResponseHeadersPolicy", "cloudfront:DeleteOriginAccessControl",
        "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:UpdateOriginAccessControl",
        "cloudfront:UpdateResponseHeadersPolicy",
      ]
    }

    # AWS knows no resource for these, or wants "*" all the same (composite alarms):
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    # The deliveries are what access logs of an API ask for:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    account = {
      resources = local.anything
      look = [
        "cloudwatch:DescribeAlarms", "logs:DescribeLogGroups", "logs:DescribeQueryDefinitions",
        "secretsmanager:GetRandomPassword", "sns:GetSubscriptionAttributes",
      ]
      change = [
        "cloudfront:CreateOriginAccessControl", "cloudwatch:PutCompositeAlarm",
        "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DeleteQueryDefinition",
        "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
        "logs:PutQueryDefinition", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
        "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
      ]
    }
  }
}
