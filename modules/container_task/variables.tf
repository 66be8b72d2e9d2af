variable "name" {
  description = "Name of the task definition, of its cluster and, with an ending, of its roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]{0,53}$", var.name))
    error_message = "name has 1-54 letters, digits, _ or -, for example \"acme-dev-task\"."
  }
}

variable "image" {
  description = "Image with a tag or a digest, from a public registry or from ECR."
  type        = string
  nullable    = false

  # Without one ECS runs what was pushed last, and nobody can tell which.
  validation {
    condition = can(regex(
      "^[a-z0-9][a-z0-9._:-]*(/[a-z0-9._-]+)*(:[A-Za-z0-9_.-]+|@sha256:[0-9a-f]{64})$", var.image,
    )) && !endswith(var.image, ":latest")
    error_message = <<-EOT
      An image has a tag other than latest, or a digest, for example
      "123456789012.dkr.ecr.us-east-1.amazonaws.com/acme-task:1.4.0".
    EOT
  }
}

variable "vpc" {
  description = "Subnets and security groups of tasks, with a way to the API and the image."
  type        = object({ subnet_ids = list(string), security_group_ids = list(string) })
  nullable    = false

  validation {
    condition = (
      length(var.vpc.subnet_ids) > 0 && length(var.vpc.subnet_ids) <= 16 &&
      length(var.vpc.security_group_ids) > 0 && length(var.vpc.security_group_ids) <= 5
    )
    error_message = <<-EOT
      A task has 1-16 subnets and 1-5 security groups, for example
      { subnet_ids = ["subnet-1a2b"], security_group_ids = ["sg-3c4d"] }.
    EOT
  }
}

variable "public_ip" {
  description = "Public address of each task, for subnets with no way out but an internet gateway."
  type        = bool
  default     = false
  nullable    = false
}

variable "cluster" {
  description = "Cluster to run in; null makes one."
  type        = object({ arn = string })
  default     = null
}

variable "cpu" {
  description = "CPU units of a task; 1024 are a core."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "cpu is 256, 512, 1024, 2048 or 4096, for example { cpu = 512 }."
  }
}

variable "memory_mb" {
  description = "Memory of a task, in MB."
  type        = number
  default     = 512
  nullable    = false

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
  validation {
    condition = contains(
      var.cpu == 256 ? [512, 1024, 2048] :
      var.cpu == 512 ? range(1024, 4097, 1024) : range(2 * var.cpu, 8 * var.cpu + 1, 1024),
      var.memory_mb,
    ) && var.memory_mb <= 30720
    error_message = <<-EOT
      Fargate has no such pair: 256 CPU units have 512, 1024 or 2048 MB, 512 have 1024 to 4096, and
      others 2 to 8 times as many MB in steps of 1024, up to 30720; for example
      { cpu = 1024, memory_mb = 2048 }.
    EOT
  }
}

variable "runtime" {
  description = "What all functions have: architecture, log retention, boundary and key."
  type = object({
    architecture         = optional(string, "arm64")
    log_retention_days   = optional(number, 14)
    permissions_boundary = optional(string)
    kms_key              = optional(object({ arn = string }))
  })
  default  = {}
  nullable = false
}
