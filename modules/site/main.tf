# A web page in a private bucket, which CloudFront alone may read and everybody sees over https.

# Bucket names are shared by all of AWS: the account's id makes this one ours.
data "aws_caller_identity" "current" {}

locals {
  origin_id = "bucket"

  # AWS: "Use managed cache policies". Every request asks the bucket: what was deployed is seen at
  # once, and there is no invalidation to pay and to wait for.
  caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

  headers_policy_id = one(concat(module.response_headers[*].id, var.headers.policy[*].id))

  host = var.domain == null ? aws_cloudfront_distribution.this.domain_name : var.domain.name
}

module "response_headers" {
  source = "../response_headers"
  count  = var.headers.policy == null ? 1 : 0

  name            = var.name
  connect_sources = var.headers.connect_sources
  search_engines  = var.headers.search_engines
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = var.name
  description                       = "Reads the bucket of ${var.name}"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:Static files; a firewall is eight dollars a month.
  #checkov:skip=CKV_AWS_86:Nobody reads the log of a page that holds no data.
  #checkov:skip=CKV_AWS_174:CloudFront's own certificate knows one setting; see viewer_certificate.
  #checkov:skip=CKV_AWS_310:One bucket; S3 keeps it in three zones by itself.
  #checkov:skip=CKV_AWS_374:Where its readers live is nobody's business here.
  #checkov:skip=CKV2_AWS_42:The environment gives a certificate with a name of its own.
  #checkov:skip=CKV2_AWS_47:There is no firewall and no Java behind it.
  enabled             = true
  comment             = var.name
  default_root_object = "index.html"
  http_version        = "http2and3"
  is_ipv6_enabled     = true
  price_class         = var.price_class
  aliases             = var.domain == null ? [] : [var.domain.name]

  origin {
    origin_id                = local.origin_id
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id           = local.origin_id
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    viewer_protocol_policy     = "redirect-to-https"
    cache_policy_id            = local.caching_disabled
    response_headers_policy_id = local.headers_policy_id
    compress                   = true
  }

  # Whoever may not list a bucket is not told that an object is missing: S3 says 403.
  custom_error_response {
    error_code            = 403
    response_code         = 404
    response_page_path    = "/404.html"
    error_caching_min_ttl = 0
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  # Below its own name CloudFront sets the minimum itself, and refuses another one:
  # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
  viewer_certificate {
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = try(var.domain.certificate_arn, null)
    ssl_support_method             = var.domain == null ? null : "sni-only"
    minimum_protocol_version       = var.domain == null ? null : "TLSv1.2_2021"
  }
}
