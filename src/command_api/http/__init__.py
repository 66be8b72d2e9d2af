"""HTTP as the Lambda handlers share it: requests in, answers and problems out."""
