# A domain of one's own in front of an API, HTTP or REST.
resource "aws_acm_certificate" "this" {
  count = var.certificate == null ? 1 : 0

  domain_name       = var.name
  validation_method = "DNS"

  # The domain moves over to the new one before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # One name has one record to prove it.
  proof = one(flatten([
    for certificate in aws_acm_certificate.this : tolist(certificate.domain_validation_options)
  ]))
}

# ACM asks for the same record whenever it renews, or makes another certificate of this name.
resource "aws_route53_record" "proof" {
  count = var.certificate == null ? 1 : 0

  zone_id         = var.zone.id
  name            = local.proof.resource_record_name
  type            = local.proof.resource_record_type
  records         = [local.proof.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

# Waits until ACM has seen the record.
resource "aws_acm_certificate_validation" "this" {
  count = var.certificate == null ? 1 : 0

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.proof[0].fqdn]
}

resource "aws_apigatewayv2_domain_name" "this" {
  domain_name = var.name

  domain_name_configuration {
    certificate_arn = (
      var.certificate == null
      ? aws_acm_certificate_validation.this[0].certificate_arn : var.certificate.arn
    )
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

# Without a key the whole host is the API: a REST API's paths lose their stage.
resource "aws_apigatewayv2_api_mapping" "this" {
  api_id      = var.api.id
  stage       = var.api.stage_name
  domain_name = aws_apigatewayv2_domain_name.this.domain_name
}

resource "aws_route53_record" "this" {
  count = var.zone == null ? 0 : 1

  zone_id = var.zone.id
  name    = var.name
  type    = "A"

  alias {
    name                   = local.target.domain_name
    zone_id                = local.target.hosted_zone_id
    evaluate_target_health = false
  }
}

locals {
  target = {
    for key in ["target_domain_name", "hosted_zone_id"] :
    trimprefix(key, "target_") =>
    aws_apigatewayv2_domain_name.this.domain_name_configuration[0][key]
  }
}
