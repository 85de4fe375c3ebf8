# shellcheck shell=bash
# Makes the virtual environments of the project. Sourced by the scripts beside this folder.
#
#   ensure_venv FOLDER LOCK     make FOLDER hold exactly what LOCK says, and this checkout; does nothing if it does already
#
# Two stamps in the folder are written last, each after its own step, so that an interrupted set-up is done again: one for
# the packages (lock file, Python, place of the checkout), one for the project itself (pyproject.toml).
# What is said here goes to stderr: stdout belongs to the command that follows.

unset CDPATH
ROOT=$(cd -- "${BASH_SOURCE[0]%/*}/../.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# The oldest Python that works, as pyproject.toml says in `requires-python`.
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

can_make_venv() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

version_of() { "$1" -c 'import platform; print(platform.python_implementation(), platform.python_version())' 2>/dev/null; }

# Print a Python that can do it. Each candidate is run, not only looked for: a version manager leaves names that fail.
find_python() {
  local candidate without_venv=''
  local -a candidates=(python3 python3.11 python3.12 python3.13 python3.14)
  [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
  for candidate in "${candidates[@]}"; do
    is_new_enough "$candidate" || continue
    if can_make_venv "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
    without_venv=${without_venv:-$candidate}
  done
  if [ -n "$without_venv" ]; then
    fail "$without_venv cannot make virtual environments: install its venv module" \
      "(on Debian and Ubuntu: apt install python3-venv) and run this again."
  elif [ -n "${PYTHON:-}" ]; then
    fail "PYTHON=$PYTHON is not a Python 3.11 or newer that runs: point it at one, or unset it."
  else
    fail "Python 3.11 or newer is missing (tried: ${candidates[*]}): install it, or name it with PYTHON=/path/to/python3."
  fi
}

# Print what the packages of an environment depend on, given its Python and lock file. Fails if that Python does not run.
packages_stamp() {
  local version
  version=$(version_of "$1") || return
  printf '%s\n%s\n%s\n' "$ROOT" "$version" "$(cksum <"$2")"
}

project_stamp() { cksum <"$ROOT/pyproject.toml"; }

holds() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# With $PYTHON set, an environment of another version does not count.
has_packages() {
  local stamp
  stamp=$(packages_stamp "$1/bin/python" "$2") && holds "$1/.packages-stamp" "$stamp" || return
  [ -z "${PYTHON:-}" ] || [ "$(version_of "$PYTHON")" = "$(version_of "$1/bin/python")" ]
}

is_ready() { has_packages "$1" "$2" && holds "$1/.project-stamp" "$(project_stamp)"; }

# What pip says is shown only if it fails: the machine's own configuration can make it wordy.
run_pip() {
  local python=$1 output
  shift
  output=$("$python" -m pip install --quiet --disable-pip-version-check --no-input "$@" 2>&1) && return
  say "$output"
  return 1
}

install_packages() {
  local venv=$1 lock=$2 python
  python=$(find_python) || exit 1
  say 'Setting up (first run only, about a minute) ...'
  rm -rf -- "$venv"
  "$python" -m venv "$venv" >&2 || fail "Setting up failed: $python could not make a virtual environment in $venv (see above)."
  run_pip "$venv/bin/python" --require-hashes -r "$lock" ||
    fail "Setting up failed: the packages of ${lock##*/} could not be installed (see above). Mend that and run this again."
  packages_stamp "$venv/bin/python" "$lock" >"$venv/.packages-stamp"
}

install_project() {
  local venv=$1
  rm -f -- "$venv/.project-stamp"
  run_pip "$venv/bin/python" --no-build-isolation --no-deps -e "$ROOT" ||
    fail 'Setting up failed: TradeWarden itself could not be installed (see above).'
  project_stamp >"$venv/.project-stamp"
}

# The lock is on this file, so that it leaves nothing behind; where there is no flock, two at once are on their own.
ensure_venv() {
  local venv=$1 lock=$2
  ! is_ready "$venv" "$lock" || return 0
  exec 9<"$ROOT/scripts/lib/venv.sh"
  if command -v flock >/dev/null && ! flock --nonblock 9; then
    say 'Another set-up is running: waiting for it ...'
    flock 9
  fi
  has_packages "$venv" "$lock" || install_packages "$venv" "$lock"
  is_ready "$venv" "$lock" || install_project "$venv"
  exec 9<&-
}
