"""The price list: what frames take, counted; what that costs, at list prices; a month of a crowd.

Prices and assumptions are data, in the two files beside; docs/cost.md is written from them.
"""
