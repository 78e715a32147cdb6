# Content and behaviour of the image. Only reads, except that `apt-get update` downloads the package lists again.
# shellcheck shell=bash

image_release() {
  on_node 120 << 'NODE' || return 1
. /etc/os-release; echo "$PRETTY_NAME"; uname -r
nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader
lsblk --noheadings --output NAME,SIZE,FSTYPE,LABEL
NODE
  answer=$(sed -n 1,3p "$work/detail" | paste -s -d ';')
}

image_tools() {
  on_node 120 << 'NODE' || return 1
for program in 'nvidia-ctk --version' 'podman --version' 'crun --version' 'nginx -v' 'systemctl --version' 'docker --version' 'ufw version'; do
  command -v "${program%% *}" > /dev/null && ${program} 2>&1 | head -n 1 || echo "${program%% *}: not there"
done
systemctl is-active docker.service containerd.service nvidia-cdi-refresh.service nvidia-cdi-refresh.path unattended-upgrades.service 2>&1 \
  | paste -d ' ' <(printf '%s\n' docker containerd cdi-refresh.service cdi-refresh.path unattended-upgrades) -
NODE
  answer=$(grep -iE '^(nvidia|podman|docker)' "$work/detail" | head -n 4 | paste -s -d ';') || true
}

image_groups() {
  on_node 120 << 'NODE' || return 1
ls -ln /dev/dri 2>&1
for file in /run/cdi/* /etc/cdi/*; do
  [ -f "$file" ] && echo "$file: $(grep -c additionalGids "$file") lines additionalGids; $(grep -m 1 cdiVersion "$file")"
done
cat /etc/nvidia-container-toolkit/nvidia-cdi-refresh.env 2> /dev/null | grep -c . | sed 's/$/ lines in nvidia-cdi-refresh.env/'
NODE
  answer="$(grep -c '^c' "$work/detail" || true) nodes under /dev/dri; $(grep additionalGids "$work/detail" | paste -s -d ';' || true)"
}

image_apt() {
  on_node 400 << 'NODE' || return 1
ls /etc/apt/sources.list.d
sed -nE 's/^(deb |URIs: )/&/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | sed -E 's|//[^/@]*@|//***@|'
timeout 300 apt-get -o DPkg::Lock::Timeout=120 -o APT::Update::Error-Mode=any update 2>&1 | grep -E '^(Err|E|W):' ; echo "apt-get update: ${PIPESTATUS[0]}"
NODE
  answer=$(
    grep '^apt-get update' "$work/detail"
    grep -E '^(Err|E):' "$work/detail" | head -n 2
  ) || true
  answer=${answer//$'\n'/; }
}

image_sockets() {
  on_node 120 << 'NODE' || return 1
ss -Hltnp | awk '{print "tcp", $4, $6}'
ss -Hlunp | awk '{print "udp", $4, $6}'
NODE
  answer="open beyond loopback: $(grep -vE '127\.0\.0\.|\[::1\]' "$work/detail" | awk '{print $1, $2}' | paste -s -d ',' || true)"
}

image_units() {
  on_node 120 << 'NODE' || return 1
systemctl list-unit-files --state=enabled --no-legend --no-pager | awk '{print $1}'
systemctl --failed --no-legend --no-pager | sed 's/^/failed: /'
NODE
  answer="$(grep -vc '^failed' "$work/detail" || true) enabled, $(grep -c '^failed' "$work/detail" || true) failed"
}

image_limits() {
  on_node 120 << 'NODE' || return 1
aa-status --enabled && echo 'AppArmor is on' || echo 'AppArmor is off'
echo "yama ptrace_scope: $(cat /proc/sys/kernel/yama/ptrace_scope 2>&1)"
echo "accounts with a password: $(awk -F: '$2 ~ /^[$]/ {print $1}' /etc/shadow | paste -s -d ' ' | grep . || echo none)"
echo "AppArmor's refusals since boot: $(journalctl -k --no-pager | grep -c 'apparmor="DENIED"')"
journalctl -k --no-pager | grep 'apparmor="DENIED"' | tail -n 10
NODE
  answer=$(sed -n 1,4p "$work/detail" | paste -s -d ';')
}

# The janitor uses two lists, because the specification does not state whether the first includes GPU Droplets.
image_listing() {
  live_droplets "$stack" || return 1
  answer="by tag $(grep -c . "$work/by-tag" || true), among those of GPUs $(jq -c --arg tag "inference:$stack" 'select((.tags // []) | index($tag))' "$work/list" | grep -c . || true)"
  echo "$answer"
}

ask_image() {
  ask image-release 'R13 IMG' 'Which system, kernel, driver and disks does the image have?' image_release
  ask image-tools 'R01 R02' 'Which container tools are there, is Docker among them?' image_tools
  ask image-groups 'R01 R02' 'Do device nodes have groups, and does the image write additionalGids?' image_groups
  ask image-apt 'R03' 'Which apt sources are configured, and does apt-get update succeed?' image_apt
  ask image-sockets 'R17' 'What listens, and where?' image_sockets
  ask image-units 'R02 R17' 'Which units are enabled, which have failed?' image_units
  ask image-limits 'R13 R14 P18' 'Does AppArmor refuse anything, may processes look into each other, can any account log in with a password?' image_limits
  ask image-listing 'IMG' 'Which lists of the API name a GPU Droplet?' image_listing
}
