# Aliases only: everything is done by the launcher, which needs nothing but Python.
.PHONY: help demo test check lock

help demo test check lock:
	@python3 go $@
