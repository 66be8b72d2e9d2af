# What API Gateway has once in an account, so that no environment can have it.

# Custom domains and VPC links ask for it. The first one in an account makes it, if whoever deploys
# may; the deploying role may not. It costs nothing, and only AWS can use it:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
variable "enable_api_gateway_service_role" {
  description = "Make API Gateway's service-linked role, which an account has once."
  type        = bool
  default     = false
  nullable    = false
}

resource "aws_iam_service_linked_role" "api_gateway" {
  count = var.enable_api_gateway_service_role ? 1 : 0

  aws_service_name = "ops.apigateway.amazonaws.com"
}

# Lets API Gateway write the access logs of REST APIs, which is a setting of account and region:
# without it a stage with access logs is refused.
variable "enable_rest_api_logs" {
  description = "Let REST APIs of this account and region write access logs to CloudWatch."
  type        = bool
  default     = false
  nullable    = false
}

data "aws_partition" "current" {}

resource "aws_iam_role" "api_logs" {
  count = var.enable_rest_api_logs ? 1 : 0

  name        = "apigateway-logs-${var.aws_region}"
  path        = "/bootstrap/"
  description = "Writes the access logs of REST APIs in ${var.aws_region}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# The grants that AWS's guide names:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
resource "aws_iam_role_policy_attachment" "api_logs" {
  count = var.enable_rest_api_logs ? 1 : 0

  role = aws_iam_role.api_logs[0].name
  policy_arn = join("", [
    "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/",
    "AmazonAPIGatewayPushToCloudWatchLogs",
  ])
}

resource "aws_api_gateway_account" "this" {
  count = var.enable_rest_api_logs ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.api_logs[0].arn

  # API Gateway tries the role before it takes it.
  depends_on = [aws_iam_role_policy_attachment.api_logs]
}
