# shellcheck shell=bash
# Sourced by the prepare- scripts: a place in memory to work in, and what a step said when it fails.
set -euo pipefail
# What is made here is read by the accounts of servers, whatever the caller's umask.
umask 022
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

# in_memory SCRIPT ARGUMENT...: the script again in a mount namespace of its own, so that nothing stays mounted however this ends. Unpacked in
# memory, since dpkg syncs each file.
in_memory() {
  [[ ${INFRA_INSIDE-} == "$1" ]] || exec env INFRA_INSIDE="$1" unshare --mount --propagation private "$@"
  unset INFRA_INSIDE
  # What is not finished is of no use. The scripts name it.
  # shellcheck disable=SC2154
  trap '[[ -z ${new-} ]] || rm -rf "$new"' EXIT
  trap 'exit 130' INT TERM HUP
  work=/mnt
  mount -t tmpfs -o mode=0755 tmpfs "$work"
}

# quietly COMMAND...: what it says is of interest only when it fails. The log is named here: in the redirection $BASHPID is the command's.
quietly() {
  local log=$work/log.$BASHPID
  "$@" > "$log" 2>&1 || {
    tail -n 40 "$log" >&2
    exit 1
  }
}

# fetch URL FILE: by apt, so that its proxy and its mirrors' settings hold. Status 3, with the archive's last words: it cannot be reached.
fetch() {
  local said
  said=$(/usr/lib/apt/apt-helper -o Acquire::Retries=1 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 download-file "$1" "$2" 2>&1) || {
    grep -m 1 '^E: ' <<< "$said" >&2 || tail -n 1 <<< "$said" >&2
    exit 3
  }
}

# names KIND: the packages of that kind in image/packages.txt.
names() { sed -n "s/^$1 //p" "$here/../image/packages.txt" | xargs; }

# finish NEW OUT: two that make the same thing do not meet, and the first that is done is taken.
finish() {
  mv -T "$1" "$2" || {
    [[ -d $2 ]]
    rm -rf "$1"
  }
}

# sign FOLDER KEY: the archive's Release in it.
sign() {
  export GNUPGHOME=$work/gnupg
  [[ -d $GNUPGHOME ]] || {
    mkdir -m 0700 "$GNUPGHOME"
    quietly gpg --batch --import "$2"
  }
  quietly gpg --batch --yes --clearsign --output "$1/InRelease" "$1/Release"
  quietly gpg --batch --yes --armor --detach-sign --output "$1/Release.gpg" "$1/Release"
}

# Of those who source this.
# shellcheck disable=SC2034
lean=(--quiet --mode=root --variant=minbase
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*'
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt=force-unsafe-io)
