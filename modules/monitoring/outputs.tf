output "topic_arn" {
  description = "ARN of the SNS topic for all alarms."
  value       = local.rings_at
}

output "alarm_names" {
  description = "Names of the alarms by their section of the runbook."
  value = merge(
    { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name },
    { customers-affected = aws_cloudwatch_composite_alarm.customers_affected.alarm_name },
  )
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "query_names" {
  description = "Names of the saved queries in Logs Insights, sorted."
  value       = sort([for query in aws_cloudwatch_query_definition.this : query.name])
}

output "metrics_namespace" {
  description = "Namespace of the metrics that the worker has to write."
  value       = var.metrics_namespace
}
