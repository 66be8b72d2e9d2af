data "aws_partition" "current" {}

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:The key is the environment's choice; one of its own costs money.
  #checkov:skip=CKV_AWS_28:On by default; a preview has nothing to restore.
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "id"
    type = "S"
  }

  # Each change of a command, for whoever is to hear of it.
  stream_enabled   = var.stream
  stream_view_type = var.stream ? "NEW_AND_OLD_IMAGES" : null

  # Only what is a key somewhere is declared.
  dynamic "attribute" {
    for_each = toset(concat(
      var.index_by_status ? ["status", "updatedAt"] : [],
      var.index_outbox ? ["outbox", "outboxSince"] : [],
    ))
    content {
      name = attribute.value
      type = "S"
    }
  }

  # What an operator's list shows, and what it takes to tell a lost worker from a busy one.
  dynamic "global_secondary_index" {
    for_each = var.index_by_status ? ["by-status"] : []
    content {
      name            = global_secondary_index.value
      hash_key        = "status"
      range_key       = "updatedAt"
      projection_type = "INCLUDE"
      non_key_attributes = [
        "type", "attempts", "maxAttempts", "createdAt", "leaseExpiresAt", "waitsUntil", "owner",
        var.ttl_attribute,
      ]
    }
  }

  # Commands that were stored but may never have reached the queue; empty most of the time.
  dynamic "global_secondary_index" {
    for_each = var.index_outbox ? ["outbox"] : []
    content {
      name            = global_secondary_index.value
      hash_key        = "outbox"
      range_key       = "outboxSince"
      projection_type = "KEYS_ONLY"
    }
  }

  ttl {
    attribute_name = var.ttl_attribute
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  dynamic "server_side_encryption" {
    for_each = var.kms_key[*]
    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value.arn
    }
  }
}

# What records carry from the first one on: renamed, the older ones would never expire, and AWS
# takes one change of TTL an hour.
resource "terraform_data" "ttl_attribute" {
  input = var.ttl_attribute

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.input == var.ttl_attribute
      error_message = <<-EOT
        Records of ${var.name} expire by ${self.input}; under another name they would stay for
        ever. Set ttl_attribute = "${self.input}".
      EOT
    }
  }
}

module "results" {
  source = "../results"
  count  = local.makes_bucket ? 1 : 0

  name               = var.results.name
  retention_days     = var.retention_days
  cors_allow_origins = var.results.cors_allow_origins
  force_destroy      = var.results.force_destroy
  kms_key            = var.kms_key
}

locals {
  given_bucket = var.results.enabled ? var.results.bucket : null
  makes_bucket = var.results.enabled && var.results.bucket == null

  given_arn = join("", [
    for bucket in local.given_bucket[*] :
    "arn:${data.aws_partition.current.partition}:s3:::${bucket.name}"
  ])

  # By index: a splat would wait for everything in the module.
  results_bucket = local.makes_bucket ? module.results[0].name : one(local.given_bucket[*].name)

  result_policies = local.makes_bucket ? module.results[0].policies : one([
    for bucket in local.given_bucket[*] : {
      for verb, it in {
        read        = { action = "s3:GetObject", objects = "*", key = "kms:Decrypt" }
        write       = { action = "s3:PutObject", objects = "*", key = "kms:GenerateDataKey" }
        read_states = { action = "s3:GetObject", objects = "states/*", key = "kms:Decrypt" }
      } :
      verb => jsonencode({
        Version = "2012-10-17"
        Statement = concat(
          [{
            Effect   = "Allow"
            Action   = [it.action]
            Resource = "${local.given_arn}/${it.objects}"
          }],
          [for key in var.kms_key[*] : { Effect = "Allow", Action = [it.key], Resource = key.arn }],
        )
      })
    }
  ])

  arn = aws_dynamodb_table.this.arn

  # DynamoDB decrypts the table's own key in the caller's name, whatever the call:
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  decrypt = [
    for key in var.kms_key[*] : { Effect = "Allow", Action = ["kms:Decrypt"], Resource = key.arn }
  ]

  # Of items whose keys begin so, and of no command: a large input waits in an item of its own.
  inputs_only = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["input/*"] } }

  # Readers get one item; the worker claims and finishes by conditional updates; lists see no
  # inputs.
  grants = {
    read         = { actions = ["dynamodb:GetItem"] }
    read_many    = { actions = ["dynamodb:BatchGetItem"] }
    write        = { actions = ["dynamodb:UpdateItem"] }
    find_pending = { actions = ["dynamodb:Query"], resource = "${local.arn}/index/outbox" }
    read_input   = { actions = ["dynamodb:GetItem"], condition = local.inputs_only }
    store_input  = { actions = ["dynamodb:PutItem"], condition = local.inputs_only }
  }

  # IAM knows no resource for ListStreams.
  read_stream = [
    {
      Effect = "Allow"
      Action = [
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
      ]
      Resource = "${local.arn}/stream/*"
    },
    { Effect = "Allow", Action = ["dynamodb:ListStreams"], Resource = "*" },
  ]

  # What a list shows of a command: neither its input nor its result.
  listed = [
    "id", "type", "status", "attempts", "maxAttempts", "createdAt", "updatedAt", "leaseExpiresAt",
    "waitsUntil", "owner", var.ttl_attribute,
  ]

  policies = merge(
    {
      for verb, grant in local.grants :
      verb => jsonencode({
        Version = "2012-10-17"
        Statement = concat([merge(
          {
            Effect   = "Allow"
            Action   = grant.actions
            Resource = try(grant.resource, local.arn)
          },
          try({ Condition = grant.condition }, {}),
        )], verb == "find_pending" && var.stream ? local.read_stream : [], local.decrypt)
      })
    },
    {
      list = jsonencode({
        Version = "2012-10-17"
        Statement = concat([{
          Effect   = "Allow"
          Action   = [var.index_by_status ? "dynamodb:Query" : "dynamodb:Scan"]
          Resource = var.index_by_status ? "${local.arn}/index/by-status" : local.arn
          Condition = {
            "ForAllValues:StringEquals" = { "dynamodb:Attributes" = local.listed }
            StringEquals                = { "dynamodb:Select" = "SPECIFIC_ATTRIBUTES" }
          }
        }], local.decrypt)
      })
    },
    {
      read_stream = jsonencode({
        Version   = "2012-10-17"
        Statement = concat(local.read_stream, local.decrypt)
      })
    },
    {
      for name, verb in {
        read_results = "read", write_results = "write", read_states = "read_states"
      } :
      name => var.results.enabled ? local.result_policies[verb] : null
    },
  )
}
