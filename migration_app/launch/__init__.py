"""Starting Crossover's own processes on one machine: broker, workers, web.

Plain Python on purpose: it must be able to say what is wrong before Django can be imported.
`python -m migration_app.launch` runs the product; `migration_app.demo` adds models and a story.
"""
