# Batches that are uploaded: a bucket for lines and results, and what turns one into the other.

locals {
  transfer_seconds = 60

  transfers = {
    arn = "${local.queue_arn}:${var.names.batch_transfer}"
    dlq = "${local.queue_arn}:${var.names.batch_transfer_dlq}"
  }
  files_arn = join("", module.files[*].arn)

  upload_environment = merge({}, [
    for queue in aws_sqs_queue.transfer : {
      BATCHES_BUCKET = module.files[0].name
      TRANSFERS_URL  = queue.url
    }
  ]...)
}

# A batch is readable for two weeks and the retention of commands, and so are its objects.
module "files" {
  source = "../results"
  count  = var.uploads.enabled ? 1 : 0

  name               = var.names.batch_files
  retention_days     = var.data.retention_days + 14
  cors_allow_origins = var.uploads.cors_allow_origins
  cors_allow_uploads = true
  force_destroy      = !var.names.production
  kms_key            = var.runtime.kms_key
}

# S3 names the batches that were uploaded.
resource "aws_s3_bucket_notification" "uploaded" {
  count = var.uploads.enabled ? 1 : 0

  bucket = module.files[0].name

  queue {
    id            = "uploaded"
    queue_arn     = aws_sqs_queue.transfer[0].arn
    events        = ["s3:ObjectCreated:Put"]
    filter_prefix = "uploads/"
  }
}

# Batches for which something is to be done. Messages have ids alone, so that the queue needs no key
# of the environment, whose policy S3 would have to be named in.
resource "aws_sqs_queue" "transfer" {
  #checkov:skip=CKV2_AWS_73:It holds ids of batches alone; SQS encrypts them.
  count = var.uploads.enabled ? 1 : 0

  name                      = var.names.batch_transfer
  message_retention_seconds = 345600
  # Not six timeouts, as for commands: a message that is delivered twice does no harm, and what has
  # died goes on sooner.
  visibility_timeout_seconds = 2 * local.transfer_seconds
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "LetS3Send"
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.transfers.arn
        Condition = {
          ArnEquals    = { "aws:SourceArn" = local.files_arn }
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        }
      },
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.transfers.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  # A message that fails comes back after five minutes at most: that is a night of trouble.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.transfer_dlq[0].arn
    maxReceiveCount     = 100
  })
}

resource "aws_sqs_queue" "transfer_dlq" {
  #checkov:skip=CKV2_AWS_73:It holds ids of batches alone; SQS encrypts them.
  count = var.uploads.enabled ? 1 : 0

  name                      = var.names.batch_transfer_dlq
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = local.transfers.dlq
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.transfers.arn]
  })
}

module "transfer" {
  source = "../function"
  count  = var.uploads.enabled ? 1 : 0

  name            = var.names.batch_transfer
  description     = "Turns uploaded lines into commands, and results into an object"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.batch_transfer.handler"
  timeout_seconds = local.transfer_seconds
  # One processor.
  memory_mb = 1769

  environment = merge(
    var.environment, local.environment, local.upload_environment, var.uploads.environment,
  )

  policies = merge(var.uploads.policies, { transfer = local.policies.transfer })
}

# A batch is one message, and its slices follow one another.
resource "aws_lambda_event_source_mapping" "transfer" {
  count = var.uploads.enabled ? 1 : 0

  event_source_arn        = aws_sqs_queue.transfer[0].arn
  function_name           = module.transfer[0].arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 5
  }

  # Lambda refuses a mapping while the role may not read the queue.
  depends_on = [module.transfer]
}

locals {
  # Each function has its own part of the bucket.
  upload_statements = {
    submit = [{ actions = ["s3:PutObject"], resource = "${local.files_arn}/uploads/*" }]
    manage = [
      { actions = ["s3:GetObject"], resource = "${local.files_arn}/results/*" },
      { actions = ["sqs:SendMessage"], resource = local.transfers.arn },
    ]
    count = [{ actions = ["sqs:SendMessage"], resource = local.transfers.arn }]
    transfer = [
      { actions = ["s3:GetObject"], resource = "${local.files_arn}/*" },
      {
        actions  = ["s3:ListMultipartUploadParts", "s3:PutObject"]
        resource = "${local.files_arn}/results/*"
      },
      {
        actions = [
          "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage", "sqs:SendMessage",
        ]
        resource = local.transfers.arn
      },
    ]
  }

  # S3 asks for a key of data in the name of whoever writes.
  upload_key = {
    for verb in ["submit", "transfer"] : verb => [
      for key in var.runtime.kms_key[*] :
      { Effect = "Allow", Action = ["kms:GenerateDataKey"], Resource = key.arn }
    ]
  }
}
