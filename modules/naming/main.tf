locals {
  this = "${var.project}-${var.environment}"
}
