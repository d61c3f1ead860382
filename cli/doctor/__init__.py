"""What the doctor checks: one function for each part of a deployment."""
