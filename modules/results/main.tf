# Bucket names are shared by all of AWS: the account's id makes this one ours.
data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Who reads is in the status function's log; S3's own log costs a bucket.
  #checkov:skip=CKV_AWS_21:An object is written once, under a key of its own.
  #checkov:skip=CKV_AWS_144:A result is made anew by running its command again.
  #checkov:skip=CKV_AWS_145:The key is the environment's choice; one of its own costs money.
  #checkov:skip=CKV2_AWS_62:Nobody waits for an object; clients ask for their command.
  bucket        = "${var.name}-${data.aws_caller_identity.current.account_id}"
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key == null ? "AES256" : "aws:kms"
      kms_master_key_id = one(var.kms_key[*].arn)
    }

    # One call to KMS for many objects.
    bucket_key_enabled = var.kms_key == null ? null : true
  }
}

# A web page that may call the API may also follow the URL that it got there.
resource "aws_s3_bucket_cors_configuration" "this" {
  count = length(var.cors_allow_origins) == 0 ? 0 : 1

  bucket = aws_s3_bucket.this.id

  cors_rule {
    allowed_methods = var.cors_allow_uploads ? ["GET", "PUT"] : ["GET"]
    allowed_headers = var.cors_allow_uploads ? ["content-type", "x-amz-checksum-sha256"] : null
    allowed_origins = var.cors_allow_origins
    max_age_seconds = 3600
  }
}

# One day more than the command: its record is written after its result, and never outlives it.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.retention_days + 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # S3 refuses a policy while it changes who may be public.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

locals {
  # The worker writes results; the status function signs URLs that read them. Nobody lists. What a
  # slice of a command passes on in `states/` the worker reads, too.
  grants = {
    read        = { action = "s3:GetObject", objects = "*", key = "kms:Decrypt" }
    write       = { action = "s3:PutObject", objects = "*", key = "kms:GenerateDataKey" }
    read_states = { action = "s3:GetObject", objects = "states/*", key = "kms:Decrypt" }
  }

  policies = {
    for verb, grant in local.grants :
    verb => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{
          Effect   = "Allow"
          Action   = [grant.action]
          Resource = "${aws_s3_bucket.this.arn}/${grant.objects}"
        }],
        [
          for key in var.kms_key[*] :
          { Effect = "Allow", Action = [grant.key], Resource = key.arn }
        ],
      )
    })
  }
}
