# Asking what became of a command: the status function answers.
resource "aws_apigatewayv2_integration" "status" {
  api_id                 = aws_apigatewayv2_api.this.id
  description            = "Asks the status function"
  integration_type       = "AWS_PROXY"
  integration_uri        = var.status_function.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "status" {
  #checkov:skip=CKV_AWS_309:Who may call is the environment's decision, not this module's.
  api_id    = aws_apigatewayv2_api.this.id
  route_key = "GET /commands/{id}"
  target    = "integrations/${aws_apigatewayv2_integration.status.id}"
}

resource "aws_lambda_permission" "status" {
  statement_id  = "ApiGetsStatus"
  action        = "lambda:InvokeFunction"
  function_name = var.status_function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/GET/commands/{id}"
}
