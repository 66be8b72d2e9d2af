# What docs/aws-options.md has beyond the blueprint's own resources. What is off takes no room: a
# boundary is one policy.
locals {
  task_places = var.options.tasks ? {
    clusters         = ["ecs:*:${local.account}:cluster/NAME-*"]
    task_definitions = ["ecs:*:${local.account}:task-definition/NAME-*"]
  } : {}
  task_logs     = var.options.tasks ? ["/aws/ecs"] : []
  task_services = var.options.tasks ? ["ecs-tasks.amazonaws.com"] : []
  # To describe and to deregister one.
  task_revisions = var.options.tasks ? ["ecs:De*TaskDefinition"] : []

  has_keys    = length(var.options.kms_keys) > 0
  has_domains = length(var.options.domain_zones) > 0

  options = {
    for name, grant in {
      # As AWS wants it of who encrypts a table or a secret with a key:
      # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
      # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
      encrypting = {
        on        = local.has_keys
        resources = var.options.kms_keys
        look      = ["kms:DescribeKey"]
        change    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      }
      # To AWS's services only, as DynamoDB asks for.
      granting = {
        on        = local.has_keys
        resources = var.options.kms_keys
        look      = []
        change    = ["kms:CreateGrant"]
        condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      }
      encrypted_logs = {
        on        = local.has_keys
        resources = local.resources.named.log_groups
        look      = []
        change    = ["logs:AssociateKmsKey", "logs:DisassociateKmsKey"]
      }
      certificates = {
        on        = local.has_domains
        resources = ["${local.arn}:acm:*:${local.account}:certificate/*"]
        look      = ["acm:DescribeCertificate", "acm:ListTagsForCertificate"]
        change = [
          "acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate",
        ]
        condition = local.new_tags
      }
      # It is no resource yet.
      new_certificates = {
        on        = local.has_domains
        resources = local.anything
        look      = []
        change    = ["acm:RequestCertificate"]
        condition = local.new_tags
      }
      domains = {
        on        = local.has_domains
        resources = ["${local.arn}:apigateway:*::/domainnames*"]
        look      = ["apigateway:GET"]
        change    = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST"]
        condition = local.new_tags
      }
      records = {
        on        = local.has_domains
        resources = [for id in var.options.domain_zones : "${local.arn}:route53:::hostedzone/${id}"]
        look      = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
        change    = ["route53:ChangeResourceRecordSets"]
      }
      record_changes = {
        on        = local.has_domains
        resources = ["${local.arn}:route53:::change/*"]
        look      = []
        change    = ["route53:GetChange"]
      }
      # What Lambda asks of who puts a function into a VPC. EC2 describes everything or nothing:
      # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
      network = {
        on        = var.options.vpc
        resources = local.anything
        look      = []
        change = [
          "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]
      }
      clusters = {
        on        = var.options.tasks
        resources = try(local.resources.named.clusters, [])
        look      = ["ecs:DescribeClusters", "ecs:ListTagsForResource"]
        change = [
          "ecs:CreateCluster", "ecs:DeleteCluster", "ecs:TagResource", "ecs:UntagResource",
          "ecs:UpdateCluster",
        ]
      }
      task_definitions = {
        on        = var.options.tasks
        resources = try(local.resources.named.task_definitions, [])
        look      = ["ecs:ListTagsForResource"]
        change    = ["ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:UntagResource"]
      }
      # Of these ECS knows no resource.
      revisions = {
        on        = var.options.tasks
        resources = local.anything
        look      = ["ecs:DescribeTaskDefinition"]
        change    = ["ecs:DeregisterTaskDefinition"]
      }
    } : name => grant if grant.on
  }

  option_statements = {
    for name, grant in local.options : name => merge(
      { Effect = "Allow", Action = concat(grant.look, grant.change), Resource = grant.resources },
      try({ Condition = grant.condition }, {}),
    )
  }

  # The boundary says the rest shortly, where it names services.
  bounded_options = concat(
    [for name in ["encrypting", "granting"] : local.option_statements[name] if local.has_keys],
    [
      for id in var.options.domain_zones : {
        Effect   = "Allow"
        Action   = "route53:*"
        Resource = ["${local.arn}:route53:::hostedzone/${id}", "${local.arn}:route53:::change/*"]
      }
    ],
  )

  # For the roles of functions and APIs.
  run_options = [
    for it in [
      {
        on        = local.has_keys
        actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
        resources = var.options.kms_keys
      },
      {
        on = var.options.vpc
        actions = [
          "ec2:*ssignPrivateIpAddresses", "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
        ]
        resources = local.anything
      },
      {
        on        = var.options.tasks
        actions   = ["ecs:RunTask"]
        resources = try(local.resources.bounded.task_definitions, [])
      },
      # Images may lie in another account.
      {
        on        = var.options.tasks
        actions   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        resources = ["${local.arn}:ecr:*:*:repository/*"]
      },
      {
        on        = var.options.tasks
        actions   = ["ecr:GetAuthorizationToken"]
        resources = local.anything
      },
    ] : { Effect = "Allow", Action = it.actions, Resource = it.resources } if it.on
  ]
}
