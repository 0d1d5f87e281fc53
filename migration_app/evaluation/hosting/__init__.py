"""What it takes to run an open model oneself: memory, machines, speed, money.

memory       weights + cache + runtime, and how many processors hold them
throughput   what they can serve by the roofline, with a range
fleet        replicas for a traffic's peak, hours paid and idle, cost per 1,000 requests
break_even   from which volume on that is cheaper than an API
"""
