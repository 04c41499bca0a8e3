# `make demo` and `make test` are all one needs; all set up first what is missing.
PORT ?= 8000
.DEFAULT_GOAL := help
.PHONY: help setup demo test bench stop clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 10

setup: ## install what is missing, build the web client
	@bash setup/prepare.sh demo

demo: ## set up, load the demo town, serve it on PORT (8000) until Ctrl-C
	@bash setup/prepare.sh demo
	@.venv/bin/sanbai up --demo --port $(PORT)

test: ## set up and run every check and test
	@bash setup/prepare.sh test
	@bash setup/check.sh

bench: ## measure against peers, write bench/results.md; SIZE=full NAMES="lists …" choose
	@bash setup/prepare.sh bench
	@.venv/bin/python -m bench $(if $(filter full,$(SIZE)),--full) $(NAMES)

stop: ## stop a running demo and its database
	@bash setup/stop.sh

clean: ## delete all that was made here, the database as well; asks first (YES=1 does not)
	@bash setup/clean.sh
