from hypothesis import settings

# The machine's load decides how long one example takes: a deadline would only make tests flaky.
settings.register_profile("vitrine", deadline=None, max_examples=60, stateful_step_count=20)
settings.load_profile("vitrine")
