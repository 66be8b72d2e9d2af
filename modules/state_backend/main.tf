# Where Terraform keeps what it knows: one bucket per account and region for all environments.
data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  # Bucket names are shared by all of AWS. A hash of account and region makes this one ours, the
  # same in every run, without telling the account. It stands outside of `<project>-`, the names
  # that a deploying role may change.
  suffix = substr(sha256(join("/", [
    data.aws_caller_identity.current.account_id, data.aws_region.current.id,
  ])), 0, 12)
  name = "tfstate-${var.project}-${local.suffix}"

  plans_prefix = "plans/"
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Who writes is in CloudTrail's data events; S3's own log costs a bucket.
  #checkov:skip=CKV_AWS_144:A lost state can be imported anew; another region is the team's choice.
  #checkov:skip=CKV_AWS_145:Encrypted with S3's own key; of secrets only API keys of REST are in it.
  #checkov:skip=CKV2_AWS_62:Nobody waits for a new state; Terraform asks for it.
  bucket        = local.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
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
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    # Every run leaves a version of its lock and perhaps one of its state.
    noncurrent_version_expiration {
      noncurrent_days           = var.old_versions_days
      newer_noncurrent_versions = 10
    }

    # What is left of a lock when its versions are gone.
    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # A saved plan waits for its approval, and is of no use once the state has moved on.
  rule {
    id     = "saved-plans"
    status = "Enabled"

    filter {
      prefix = local.plans_prefix
    }

    expiration {
      days = 30
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
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
      Resource  = [local.arn, "${local.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # S3 refuses a policy while it changes who may be public.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

# Terraform before 1.10 cannot lock by a file in the bucket. Newer ones need no table.
resource "aws_dynamodb_table" "lock" {
  #checkov:skip=CKV_AWS_119:Encrypted with DynamoDB's own key; a lock holds no secret.
  #checkov:skip=CKV_AWS_28:A lock lives as long as a run; there is nothing to restore.
  #checkov:skip=CKV2_AWS_16:Billed per request, so there is no capacity to scale.
  count = var.lock_table ? 1 : 0

  name         = "tfstate-${var.project}-lock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"

  attribute {
    name = "LockID"
    type = "S"
  }
}
