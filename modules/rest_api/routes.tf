# The paths; what they do is in the files named after it.
resource "aws_api_gateway_resource" "top" {
  for_each = toset(["commands", "openapi.json", "priorities", "status", "submit"])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_resource" "one" {
  for_each = toset(["commands", "status"])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.top[each.key].id
  path_part   = "{id}"
}

resource "aws_api_gateway_resource" "outcome" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.one["commands"].id
  path_part   = "outcome"
}

# A queue that clients may choose; an unknown name answers 404, see templates.tf.
resource "aws_api_gateway_resource" "priority" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.top["priorities"].id
  path_part   = "{name}"
}

resource "aws_api_gateway_resource" "chosen" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.priority.id
  path_part   = "commands"
}

locals {
  api_key_required = length(var.api_keys) > 0

  resources = merge(
    { for name, resource in aws_api_gateway_resource.top : name => resource },
    { for name, resource in aws_api_gateway_resource.one : "${name}/one" => resource },
    { "commands/one/outcome" = aws_api_gateway_resource.outcome },
    { "priorities/one/commands" = aws_api_gateway_resource.chosen },
  )

  # The paths that answer anything; `status` alone is only a step on the way.
  paths = toset([
    "commands", "commands/one", "commands/one/outcome", "openapi.json", "priorities/one/commands",
    "status/one", "submit",
  ])

  methods = concat(
    values(aws_api_gateway_method.submit), values(aws_api_gateway_method.ask),
    values(aws_api_gateway_method.preflight),
  )
  integrations = concat(
    values(aws_api_gateway_integration.submit), values(aws_api_gateway_integration.ask),
    values(aws_api_gateway_integration.preflight),
  )
}
