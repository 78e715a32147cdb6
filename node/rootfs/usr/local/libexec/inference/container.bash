# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by serve and engine-container: restrictions and devices of a container of the engine image. One list for both, so that the GPU access
# check is valid for the engine.
cdi=$root/run/cdi/inference.yaml

# describe_gpus: writes NVIDIA's CDI specification of the GPUs. It has a vendor and file name of its own: the toolkit's units rewrite
# /run/cdi/nvidia.yaml at boot and after upgrades (nvidia-cdi-refresh.service and .path). podman ignores files that it cannot parse.
# The flag omits additionalGids: podman before 5.1 rejects the whole file because of it (toolkit 1.19; older toolkits ignore the variable).
# The file lists the driver's current libraries, so each start writes it; nvidia-ctk renames it into place.
describe_gpus() {
  local output
  mkdir -p "${cdi%/*}"
  rm -f "$cdi"
  output=$(NVIDIA_CTK_CDI_GENERATE_FEATURE_FLAGS=no-additional-gids-for-device-nodes \
    nvidia-ctk --quiet cdi generate --vendor=inference.local --class=gpu --output="$cdi" 2>&1) \
    || die "nvidia-ctk cannot describe the GPUs: $(last_line "$output")" "use the AI/ML-ready image, which has the NVIDIA Container Toolkit; on your own image install nvidia-container-toolkit 1.14 or newer"
}

last_line() { grep . <<< "$1" | tail -n 1 || true; }

# prepare_container NAME: fills the array container with the podman command line up to the image.
# No --read-only-tmpfs=false: from podman 4.7 on it makes /dev/shm read-only (pull request 19422), which ranks and workers share.
# No user namespace: where the kernel cannot map owners, podman would copy the image of 20 GB and more, and /dev/kfd belongs to a
# group. User 2000 without capabilities gains nothing from a user namespace.
prepare_container() {
  local gpus nodes group
  if [[ $GPU_VENDOR == nvidia ]]; then
    describe_gpus
    # No --read-only: NVIDIA's hooks write links and the linker cache into the root, and crun (1.14 in Ubuntu 24.04) makes it read-only
    # before they run (containers/crun issue 1924, 2025-12-11). User 2000 owns nothing there, and the root is deleted with the container.
    gpus=(--device inference.local/gpu=all)
    mapfile -t nodes < <(compgen -G "$root/dev/nvidia*")
  else
    gpus=(--read-only --device /dev/kfd --device /dev/dri)
    nodes=("$root/dev/kfd" "$root/dev/dri")
  fi
  # The groups of device nodes that are not open to all users.
  if ((${#nodes[@]} > 0)); then
    for group in $(find "${nodes[@]}" -type c ! -perm -006 ! -gid 0 -printf '%G\n' | sort -u); do gpus+=(--group-add "$group"); done
  fi
  container=(podman run --rm --replace --name "$1" --pull never --cgroups=split --log-driver=passthrough --sdnotify=ignore
    --network none --user 2000:0 --umask 0007 --cap-drop all --security-opt no-new-privileges --ulimit core=0:0
    --tmpfs "/tmp:rw,exec,nosuid,nodev,size=16g,mode=1777" --shm-size "${VLLM_SHM_MIB}m" --pids-limit 16384 --oom-score-adj 500 --http-proxy=false "${gpus[@]}")
}
