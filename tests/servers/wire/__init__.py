"""Servers that speak each vendor's documented wire format, one module per vendor.

A server plays the scenario that the model's name asks for, refuses a request that the vendor
would refuse, and keeps what it was asked. That it speaks the format truly is shown by the
vendor's own SDK, which talks to it in the same tests.
"""
