# shellcheck shell=bash
# The steps that scripts/check and scripts/test share. Needs venv.sh.

VENV=$ROOT/.venv

# Say a step's name, run it, and show what it says only if it fails.
step() {
  local name=$1 output
  shift
  printf '%-28s' "$name"
  if output=$("$@" 2>&1); then
    echo ok
  else
    printf 'FAILED\n\n%s\n\n%s failed. To run it alone: %s\n' "$output" "$name" "${*/#$ROOT\//}"
    exit 1
  fi
}

static_steps() {
  step 'Format (ruff format)' "$VENV/bin/ruff" format --check --quiet --output-format concise
  step 'Lint (ruff check)' "$VENV/bin/ruff" check --quiet --output-format concise
  step 'Types (mypy)' "$VENV/bin/mypy" --no-error-summary
  step 'Imports (lint-imports)' "$VENV/bin/lint-imports" --no-logo
}

# Run tests in a random order that can be repeated with SEED, on the cores that there are.
run_tests() {
  local seed=${SEED:-$RANDOM}
  printf 'Tests (to repeat this order: SEED=%s)\n' "$seed"
  "$VENV/bin/pytest" -q --numprocesses=auto --maxprocesses=4 --dist=loadgroup --randomly-seed="$seed" "$@"
}
