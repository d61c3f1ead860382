"""The page in the bucket that CloudFront serves it from: put there, kept the same, taken away."""
