"""Telling time: instants, durations, time zones, cron and the windows in which to renew.

Everything here is a function of its arguments. No module of this room reads a clock or knows what
a certificate is.
"""
