"""How often a person meets a cold start in a small deployment, by simulation.

`environments` has Lambda's rule, `working_day` what people do, `comparison` the two ways to give
frames to functions.
"""
