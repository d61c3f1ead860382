"""What turns an action into a Lambda handler: settings, wiring, errors to frames, logs, metrics."""
