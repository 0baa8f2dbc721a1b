#!/bin/sh
# Runs a verb of embed-bench with the Node.js beside this file: ./run bench --suite throughput, ./run doctor, ...
case $0 in
  */*) here=$(cd "${0%/*}" && pwd) ;;
  *) here=$(pwd) ;;
esac
verb=$1
if [ -z "$verb" ] || [ ! -f "$here/scripts/$verb.ts" ]; then
  echo "usage: ./run bench | bench-gpu | data | report | compare | site | doctor | list [options]" >&2
  exit 2
fi
shift
# Vulkan's loader, where the system has none of its own.
for loader in /usr/lib/*/libvulkan.so.1 /usr/lib64/libvulkan.so.1 /usr/lib/libvulkan.so.1; do
  [ -e "$loader" ] && found=1
done
if [ -z "$found" ] && [ -e "$here/lib/libvulkan.so.1" ]; then
  export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib"
fi
exec "$here/bin/node" "$here/start/verb.js" "$verb" "$@"
