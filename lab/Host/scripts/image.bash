# shellcheck shell=bash
# Sourced by the prepare- scripts: a work folder in memory, and the output of failed steps.
set -euo pipefail
# Users on the servers read these files, whatever the caller's umask.
umask 022
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

# in_memory SCRIPT ARGUMENT...: runs the script again in its own mount namespace, so that no mount remains. Works in memory, because dpkg syncs
# each file.
in_memory() {
  [[ ${INFRA_INSIDE-} == "$1" ]] || exec env INFRA_INSIDE="$1" unshare --mount --propagation private "$@"
  unset INFRA_INSIDE
  # Deletes an incomplete result. The scripts set "new".
  # shellcheck disable=SC2154
  trap '[[ -z ${new-} ]] || rm -rf "$new"' EXIT
  trap 'exit 130' INT TERM HUP
  work=/mnt
  mount -t tmpfs -o mode=0755 tmpfs "$work"
}

# quietly COMMAND...: shows the output only on failure. The log name is set here, because in the redirection $BASHPID is the command's.
quietly() {
  local log=$work/log.$BASHPID
  "$@" > "$log" 2>&1 || {
    tail -n 40 "$log" >&2
    exit 1
  }
}

# fetch URL FILE: downloads with apt, which has the proxy settings. Status 3, with the last error message, if the archive is unreachable.
fetch() {
  local output
  output=$(/usr/lib/apt/apt-helper -o Acquire::Retries=1 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 download-file "$1" "$2" 2>&1) || {
    grep -m 1 '^E: ' <<< "$output" >&2 || tail -n 1 <<< "$output" >&2
    exit 3
  }
}

# names KIND: packages of that kind in image/packages.txt.
names() { sed -n "s/^$1 //p" "$here/../image/packages.txt" | xargs; }

# finish NEW OUT: moves NEW to OUT. If two processes build the same result, the first one wins.
finish() {
  mv -T "$1" "$2" || {
    [[ -d $2 ]]
    rm -rf "$1"
  }
}

# sign FOLDER KEY: signs the archive's Release file.
sign() {
  export GNUPGHOME=$work/gnupg
  [[ -d $GNUPGHOME ]] || {
    mkdir -m 0700 "$GNUPGHOME"
    quietly gpg --batch --import "$2"
  }
  quietly gpg --batch --yes --clearsign --output "$1/InRelease" "$1/Release"
  quietly gpg --batch --yes --armor --detach-sign --output "$1/Release.gpg" "$1/Release"
}

# Used by the scripts that source this.
# shellcheck disable=SC2034
lean=(--quiet --mode=root --variant=minbase
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*'
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt=force-unsafe-io)
