#!/usr/bin/env bash
# Builds the same scorer in every language into `build/`. Needs cargo with wasm32-wasip2, Node 20 with npm, and
# Python 3.11 with venv; packages come from npm and PyPI by name and pinned version.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p build

(cd rust && cargo build --quiet --target wasm32-wasip2 --release)
cp rust/target/wasm32-wasip2/release/same.wasm build/rust.wasm

(cd ../js && npm install --no-audit --no-fund)
(cd js && npm install --no-audit --no-fund && npx --no-install leadsman-build -o ../build/js.wasm)

[ -x python/.venv/bin/python ] || python3 -m venv python/.venv
python/.venv/bin/pip install --quiet --editable ../python
(cd python && .venv/bin/python -m leadsman_sdk.build -o ../build/python.wasm)
