# Taking a command back: the cancel function decides whether it still can be.
resource "aws_apigatewayv2_integration" "cancel" {
  api_id                 = aws_apigatewayv2_api.this.id
  description            = "Asks the cancel function"
  integration_type       = "AWS_PROXY"
  integration_uri        = var.cancel_function.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "cancel" {
  #checkov:skip=CKV_AWS_309:Who may call is the environment's decision, not this module's.
  api_id    = aws_apigatewayv2_api.this.id
  route_key = "DELETE /commands/{id}"
  target    = "integrations/${aws_apigatewayv2_integration.cancel.id}"
}

resource "aws_lambda_permission" "cancel" {
  statement_id  = "ApiCancels"
  action        = "lambda:InvokeFunction"
  function_name = var.cancel_function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/DELETE/commands/{id}"
}
