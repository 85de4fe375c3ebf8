#!/usr/bin/env bash
# A throw-away machine with a real systemd as its first process, in namespaces of its own over this machine's files.
#
#   with-systemd.sh up             start it; returns when it has booted, in about half a second
#   with-systemd.sh in COMMAND...  run a command in it
#   with-systemd.sh down           end it, with everything that runs in it
#
# Needs: root, util-linux (unshare, nsenter, setpriv, findmnt), systemd and a cgroup2 mount. Nothing of this machine is
# written but $MACHINE_DIR and one cgroup folder, which `down` removes: what the machine writes stays in its memory.
#
#   MACHINE_DIR    a folder of its own: the leader's process id, what was said at the start, the mount point
#   MACHINE_NET    private (it has nothing but its own loopback) or host (it shares this machine's network)
#   MACHINE_BINDS  what is shown to it, read-only: one SOURCE:DESTINATION a line, in this order
#   MACHINE_LIMIT  after so many seconds it is killed, whatever became of the caller
set -euo pipefail

SELF=$(readlink -f -- "${BASH_SOURCE[0]}")
DIR=${MACHINE_DIR:?name a folder of its own in MACHINE_DIR}
NET=${MACHINE_NET:-private}
BINDS=${MACHINE_BINDS:-}
LIMIT=${MACHINE_LIMIT:-300}
# Units that would reach into the kernel that we share, or wait for hardware that is not there.
MASKED=(
  dev-hugepages.mount dev-mqueue.mount proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount
  sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount tmp.mount
  kmod-static-nodes.service systemd-binfmt.service systemd-firstboot.service systemd-journald-audit.socket
  systemd-modules-load.service systemd-random-seed.service systemd-remount-fs.service systemd-sysctl.service
  systemd-timesyncd.service systemd-udev-trigger.service systemd-udevd.service systemd-update-utmp.service
)
# The kernel, its clock and its modules belong to everybody.
KEPT_FROM_IT=-sys_module,-sys_rawio,-sys_time,-syslog,-wake_alarm,-audit_control,-audit_read,-mac_admin,-mac_override

die() {
  printf 'with-systemd: %s\n' "$*" >&2
  exit 1
}

first_cgroup2() { findmnt --raw --noheadings --first-only --types cgroup2 --output TARGET; }

# --- inside: the first process of the new namespaces becomes systemd

mount_files() {
  local root=$1 device
  mount -t tmpfs tmpfs "$DIR/mnt" -o mode=755
  mkdir "$DIR/mnt/upper" "$DIR/mnt/work" "$root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$DIR/mnt/upper,workdir=$DIR/mnt/work" "$root"
  mount -t proc proc "$root/proc" -o nosuid,nodev,noexec
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  if [ "$NET" = private ]; then
    mount -t sysfs sysfs "$root/sys" -o ro,nosuid,nodev,noexec
  else # a sysfs belongs to a network
    mount --bind /sys "$root/sys"
    mount -o remount,bind,ro "$root/sys"
  fi
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" -o nosuid,nodev,noexec
  mount -t tmpfs tmpfs "$root/dev" -o mode=755,nosuid
  for device in null zero full random urandom tty; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666,mode=620,gid=5
  mount -t tmpfs tmpfs "$root/dev/shm" -o mode=1777
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s fd/0 "$root/dev/stdin"
  ln -s fd/1 "$root/dev/stdout"
  ln -s fd/2 "$root/dev/stderr"
  mount -t tmpfs tmpfs "$root/run" -o mode=755,nosuid,nodev
  mount -t tmpfs tmpfs "$root/tmp" -o mode=1777,nosuid,nodev
}

show_binds() {
  local root=$1 bind target
  while IFS= read -r bind; do
    [ -n "$bind" ] || continue
    target=$root${bind##*:}
    mkdir -p "$target"
    mount --bind "${bind%:*}" "$target"
    mount -o remount,bind,ro "$target"
  done <<<"$BINDS"
}

# The units that this machine's owner enabled are not the test's business.
write_settings() {
  local root=$1 unit
  : >"$root/etc/fstab"
  rm -rf "$root/etc/systemd/system" "$root/etc/systemd/user"
  mkdir -p "$root/etc/systemd/system" "$root/etc/systemd/journald.conf.d"
  for unit in "${MASKED[@]}"; do ln -s /dev/null "$root/etc/systemd/system/$unit"; done
  printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=64M\nRateLimitIntervalSec=0\nAudit=\n' \
    >"$root/etc/systemd/journald.conf.d/machine.conf"
}

become_systemd() {
  local root=$DIR/mnt/root
  mount --make-rprivate /
  mount_files "$root"
  show_binds "$root"
  write_settings "$root"
  [ "$NET" = host ] || ip link set lo up
  cd "$root"
  mkdir -p run/old
  pivot_root . run/old
  umount -l /run/old
  rmdir /run/old
  # systemd prepares credentials in a helper's mount namespace and relies on propagation: without it they are empty.
  mount --make-rshared /
  exec env -i container=with-systemd PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    setpriv --bounding-set="$KEPT_FROM_IT" /lib/systemd/systemd --show-status=no --unit=basic.target
}

# --- outside

enter() { nsenter --target "$(cat "$DIR/pid")" --mount --uts --ipc --net --pid --cgroup -- "$@"; }

up() {
  local cgroup leader='' state namespaces=(--mount --pid --uts --ipc --cgroup)
  [ "$(id -u)" = 0 ] || die 'it needs root'
  cgroup=$(first_cgroup2)
  [ -n "$cgroup" ] || die 'there is no cgroup2 mount'
  cgroup=$cgroup/with-systemd-$(printf %s "$DIR" | cksum | cut -d ' ' -f 1)
  [ ! -e "$cgroup" ] || die "it is up already, or was not ended: $cgroup"
  [ "$NET" = host ] || namespaces+=(--net)
  mkdir -p "$DIR/mnt" "$cgroup"
  echo "$cgroup" >"$DIR/cgroup"
  # Whoever makes the cgroup namespace must be in the new folder already: that becomes its root.
  (
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec setsid timeout --signal=KILL "$LIMIT" unshare "${namespaces[@]}" --fork --kill-child "$SELF" become-systemd
  ) >"$DIR/log" 2>&1 </dev/null &
  disown
  for _ in {1..100}; do # systemd moves itself into init.scope when it has set itself up
    leader=$(head -n 1 "$cgroup/init.scope/cgroup.procs" 2>/dev/null) && [ -n "$leader" ] && break
    sleep 0.05
  done
  [ -n "$leader" ] || give_up 'systemd did not start'
  echo "$leader" >"$DIR/pid"
  for _ in {1..200}; do
    state=$(enter systemctl is-system-running 2>/dev/null) || true
    case $state in running | degraded) return ;; esac
    sleep 0.05
  done
  give_up "systemd did not come to rest, it is: $state"
}

give_up() {
  cat "$DIR/log" >&2
  down
  die "$@"
}

down() {
  local cgroup
  cgroup=$(cat "$DIR/cgroup" 2>/dev/null) || return 0
  if [ -d "$cgroup" ]; then
    echo 1 >"$cgroup/cgroup.kill"
    for _ in {1..100}; do
      grep -q '^populated 0' "$cgroup/cgroup.events" && break
      sleep 0.05
    done
    for _ in {1..20}; do
      find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.05
    done
  fi
  rm -rf -- "$DIR"
  [ ! -d "$cgroup" ] || die "$cgroup could not be removed"
}

case ${1:-} in
  up) up ;;
  in) shift && enter "$@" ;;
  down) down ;;
  become-systemd) become_systemd ;;
  *) die 'up | in COMMAND... | down' ;;
esac
