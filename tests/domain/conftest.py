from hypothesis import settings

settings.register_profile("vitrine", settings.get_profile("unhurried"), max_examples=60, stateful_step_count=20)
settings.load_profile("vitrine")
