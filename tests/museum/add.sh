#!/usr/bin/env bash
# Adds the pieces of a version of the contracts to the museum: `tests/museum/add.sh VERSION`, once, when `wit/` is
# published with that version. Needs what `sdk/check.sh` needs. What is in the museum already is never built again.
set -euo pipefail
cd "$(dirname "$0")"

version=${1:?say which version of the contracts, such as 0.2.0}
if [ -e "$version" ]; then
    echo "$version is in the museum already, and stays as it is" >&2
    exit 1
fi
if ! grep -q "^package leadsman:rules@$version;" ../../wit/types.wit; then
    echo "wit/ is not of version $version" >&2
    exit 1
fi
folder=$(mktemp -d "$PWD/.$version-XXXXXX")
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
piece() { printf '%s/%s.wasm' "$folder" "$1"; }

# No piece tells on which machine it was built.
root=$(cd ../.. && pwd)
remap="'--remap-path-prefix=$root=leadsman'"
for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
    remap="$remap, '--remap-path-prefix=$crates=crates'"
done
(cd source/rust && cargo build --quiet --target wasm32-wasip2 --release --config "target.wasm32-wasip2.rustflags=[$remap]")
cp source/rust/target/wasm32-wasip2/release/museum_piece.wasm "$(piece rust)"

(cd ../../sdk/js && npm install --no-audit --no-fund)
(cd source/js && npm install --no-audit --no-fund && npx --no-install leadsman-build -o "$(piece js)")

python=../../sdk/python/.venv/bin/python
[ -x $python ] || python3 -m venv ../../sdk/python/.venv
$python -m pip install --quiet --editable ../../sdk/python
python=$PWD/$python
(cd source/python && "$python" -m leadsman_sdk.build -o "$(piece python)")

# Nor from where its crates came: the interpreters say so where they panic.
LC_ALL=C sed -i 's/index\.[a-z]*\.io/crates-registry/g' "$(piece js)" "$(piece python)"

cp -r ../../wit source/policy "$folder/"
mv "$folder" "$version"
trap - EXIT
echo "Now run the test \`museum\`: it tells what the pieces of $version answer. Look at it, and keep it as"
echo "tests/museum/$version/answers.json if it is right."
