# shellcheck shell=bash disable=SC2034
# What the scripts of this folder share. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Where a running cluster is described: kubeconfig, process ids, logs.
state=${CLUSTER_STATE:-$root/.build/cluster}

# Where what was built stays, for every checkout of this user.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/swift-reloader/cluster-debian-12

say() { printf 'cluster: %s\n' "$*" >&2; }

fail() {
    printf 'cluster: %s\n' "$@" >&2
    exit 1
}

# Whether this is the process that was started, and not another one that was given its number since.
is_running() {
    local file=$1 pid name
    [[ -r "$file" ]] && read -r pid name <"$file" && [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == "${name:0:15}" ]]
}
