# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by serve and engine-container: what a container of the engine's image may do and is given. One list, so that the proof of GPU access is
# a proof for the engine.
cdi=$root/run/cdi/inference.yaml

# describe_gpus: writes NVIDIA's specification of the GPUs. The vendor and the file are ours: the toolkit's own units rewrite
# /run/cdi/nvidia.yaml at boot and after upgrades (nvidia-cdi-refresh.service and .path). podman passes over files that it cannot read.
# The flag leaves additionalGids out, which podman before 5.1 refuses together with the whole file (toolkit 1.19; older ones do not know the
# variable). The file names the driver's libraries as they are now, so it is written at each start; nvidia-ctk renames it into place.
describe_gpus() {
  local said
  mkdir -p "${cdi%/*}"
  rm -f "$cdi"
  said=$(NVIDIA_CTK_CDI_GENERATE_FEATURE_FLAGS=no-additional-gids-for-device-nodes \
    nvidia-ctk --quiet cdi generate --vendor=inference.local --class=gpu --output="$cdi" 2>&1) \
    || die "nvidia-ctk cannot describe the GPUs: $(last_line "$said")" "use the AI/ML-ready image, which has the NVIDIA Container Toolkit; on your own image install nvidia-container-toolkit 1.14 or newer"
}

last_line() { grep . <<< "$1" | tail -n 1 || true; }

# prepare_container NAME: fills the array container with podman and all that its run is given but the command.
# No --read-only-tmpfs=false: from 4.7 on it makes /dev/shm read-only (podman pull request 19422), where ranks and workers meet.
# No user namespace: an image of 20 GB and more would be copied to change its owners where the kernel cannot map them, and
# /dev/kfd belongs to a group. User 2000 without capabilities gains nothing from one.
prepare_container() {
  local gpus nodes group
  if [[ $GPU_VENDOR == nvidia ]]; then
    describe_gpus
    # NVIDIA's hooks write links and the linker's cache into the root. crun, 1.14 in Ubuntu 24.04, makes it read-only before they run
    # (containers/crun issue 1924, 2025-12-11), and the container would not start. User 2000 owns nothing there; what it writes ends with it.
    gpus=(--device inference.local/gpu=all)
    mapfile -t nodes < <(compgen -G "$root/dev/nvidia*")
  else
    gpus=(--read-only --device /dev/kfd --device /dev/dri)
    nodes=("$root/dev/kfd" "$root/dev/dri")
  fi
  # The groups of those device nodes that not everybody may open.
  if ((${#nodes[@]} > 0)); then
    for group in $(find "${nodes[@]}" -type c ! -perm -006 ! -gid 0 -printf '%G\n' | sort -u); do gpus+=(--group-add "$group"); done
  fi
  container=(podman run --rm --replace --name "$1" --pull never --cgroups=split --log-driver=passthrough --sdnotify=ignore
    --network none --user 2000:0 --umask 0007 --cap-drop all --security-opt no-new-privileges --ulimit core=0:0
    --tmpfs "/tmp:rw,exec,nosuid,nodev,size=16g,mode=1777" --shm-size "${VLLM_SHM_MIB}m" --pids-limit 16384 --oom-score-adj 500 --http-proxy=false "${gpus[@]}")
}
