"""What to do next: a plan of ordered actions from what is observed, and a request's own life.

Pure, as everything below: the same snapshot at the same instant gives the same plan. Performing a
plan is for `certlife.driver`, or for anybody else's controller.
"""
