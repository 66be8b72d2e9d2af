"""SQS: message move tasks and the rules for attributes and sizes."""
