#!/usr/bin/env bash
# Checks the SDKs for JavaScript and Python: their tests, their types, what `leadsman new` writes in them, and that the
# same scorer says the same in every language. Needs what `README.md` lists; packages come from npm and PyPI.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*"; "$@"; }
in_folder() { (cd "$1" && shift && "$@"); }

step in_folder js npm install --no-audit --no-fund
step in_folder js npm test
step in_folder js npm run types

[ -x python/.venv/bin/python ] || step python3 -m venv python/.venv
step python/.venv/bin/pip install --quiet --editable python
python=$PWD/python/.venv/bin/python
step in_folder python "$python" -m unittest discover tests

step same/build.sh
export LEADSMAN_LANGUAGES=1
step cargo test --release --workspace --test it -- languages a_new_plugin_of_every_kind_passes_in a_plugin_in_ the_tutorial_in
