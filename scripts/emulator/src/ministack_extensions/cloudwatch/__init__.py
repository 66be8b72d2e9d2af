"""CloudWatch: alarms that read back as written and are judged by metrics, in all its protocols."""
