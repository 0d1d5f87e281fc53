"""Own servers: a model, a precision, a processor, a traffic, and what that costs.

gpus.toml   processors with their data sheets, and a public price where one is known
machines    that table, read
models      HostingPlan
working     a plan worked out: who holds it, how fast, what it costs
actions     a plan kept, changed, and put to use as a model's price
"""
