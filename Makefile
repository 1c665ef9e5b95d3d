# `make help` lists what there is. Everything happens in .venv here; nothing outside this folder is touched.

VENV ?= .venv
PORT ?= 5000
export PORT

bin := $(VENV)/bin
python := $(bin)/python
comma := ,

# The database of the demo, and the driver it takes.
DATABASE_URL ?=
ifneq ($(DATABASE_URL),)
export DATABASE_URL
endif
driver := $(if $(filter postgres%,$(DATABASE_URL)),+postgresql,$(if $(filter mysql% mariadb%,$(DATABASE_URL)),+mariadb))

.DEFAULT_GOAL := help
.PHONY: help demo test soak check audit format bench bench-full translations screenshots clean

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24
	@echo
	@echo '  PORT=8000                                   another port for the demo'
	@echo '  DATABASE_URL=postgresql://user@host/name    another database for the demo (or mysql://, mariadb://)'

demo: $(VENV)/installed-demo$(driver) ## a small CRM with the plugin, on 127.0.0.1
	@$(python) -m erp_import_plugin.demo

test: check ## all checks and tests; what cannot run here is named at the end, with how to get it
	$(python) -m pytest

# Which of them, as pytest takes it.
SOAK ?= tests/faults

soak: $(VENV)/installed-test ## kill, cut, lock and crowd the work, ten times as often as the tests do
	ERP_IMPORT_TEST_TIMES=$${ERP_IMPORT_TEST_TIMES:-10} $(python) -m pytest -p no:cacheprovider $(SOAK)

check: $(VENV)/installed-test ## style, types and import rules
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports --no-cache

audit: $(VENV)/installed-audit ## what is known against the packages that are installed; asks PyPI
	$(bin)/pip-audit --local --skip-editable

format: $(VENV)/installed-test ## put the code into its form
	$(bin)/ruff check --fix
	$(bin)/ruff format

bench: $(VENV)/installed-bench ## measure on small data, some minutes
	$(python) -m benchmarks

bench-full: $(VENV)/installed-bench ## measure all, hours, and write docs/performance.md
	$(python) -m benchmarks --size full --results var/bench-full.json --docs

screenshots: $(VENV)/installed-test ## the pictures of the README
	$(python) -m tests.support.screenshots docs/images

# Catalogues. A new language, here German: make translations NEW=de
NEW ?=

translations: $(VENV)/installed-test ## collect the texts, bring the catalogues up to date, compile them
	@$(MAKE) --no-print-directory catalogue folder=erp_import_plugin/translations domain=erp_import
	@if [ -f erp_import_plugin/demo/translations/babel.cfg ]; then \
	    $(MAKE) --no-print-directory catalogue folder=erp_import_plugin/demo/translations domain=messages; fi

# What changes with the day or the tool is taken out, so that a difference in git is one of texts.
.PHONY: catalogue
catalogue:
	$(bin)/pybabel -q extract -F $(folder)/babel.cfg -k lazy_gettext -k Sentence --no-location --sort-output --no-wrap \
	    --ignore-dirs '.* build dist' -o $(VENV)/$(domain).pot .
	$(if $(NEW),[ -f $(folder)/$(NEW)/LC_MESSAGES/$(domain).po ] || \
	    $(bin)/pybabel -q init -i $(VENV)/$(domain).pot -d $(folder) -D $(domain) -l $(NEW) --no-wrap)
	$(bin)/pybabel -q update -i $(VENV)/$(domain).pot -d $(folder) -D $(domain) --no-fuzzy-matching --ignore-obsolete \
	    --no-wrap
	sed -i -e '/^#\( \|$$\)/d' -e '/^#, fuzzy$$/d' \
	    -e '/^"\(Generated-By\|Language-Team\|Last-Translator\|Report-Msgid-Bugs-To\): /d' \
	    -e 's/^"\(POT-Creation-Date\|PO-Revision-Date\): .*/"\1: 2026-01-01 00:00+0000\\n"/' \
	    -e 's/^"Project-Id-Version: .*/"Project-Id-Version: erp-import-plugin\\n"/' $(folder)/*/LC_MESSAGES/$(domain).po
	$(bin)/pybabel -q compile -d $(folder) -D $(domain)

clean: ## remove the environment and what tools left; the demo's data stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A file of this kind says that these extras are installed, as setup.cfg now has them.
$(VENV)/installed-%: setup.cfg | $(python)
	@echo 'Installing into $(VENV) ($*) ...'
	@$(python) -m pip install --quiet --disable-pip-version-check --editable '.[$(subst +,$(comma),$*)]'
	@touch $@

$(python):
	@for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.10; do \
	    $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || continue; \
	    $$candidate -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); echo "$$candidate has no venv. On Debian and Ubuntu: apt install python3-venv" >&2; \
	done; \
	[ -x $@ ] || { echo 'This needs Python 3.10 or newer, with venv.' >&2; exit 1; }
