"""What each frame costs its function: CPU, round trips, requests, units and pushes.

A frame is sent once to the real handlers over moto's tables, where its requests are counted and
their answers recorded. Then a process with the function's own clients handles it again and again
against a server that returns those answers at once: what it takes is the function's CPU.
"""
