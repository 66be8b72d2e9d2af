output "environment" {
  description = "Environment variables of functions that start tasks."
  value = {
    TASK_CLUSTER         = local.cluster_arn
    TASK_DEFINITION      = aws_ecs_task_definition.this.arn
    TASK_SUBNETS         = join(",", var.vpc.subnet_ids)
    TASK_SECURITY_GROUPS = join(",", var.vpc.security_group_ids)
    TASK_PUBLIC_IP       = tostring(var.public_ip)
  }
}

output "log_group" {
  description = "Name of the log group of the tasks."
  value       = aws_cloudwatch_log_group.this.name
}

output "policies" {
  description = "IAM policies (JSON) by verb: `run` tasks of this definition in this cluster."
  value       = local.policies
}
