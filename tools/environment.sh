#!/bin/sh
# Makes .venv from a lock file: `environment.sh run|test PYTHON`. The stamp is written last, so that
# an interrupted set-up starts over; the network is used here and nowhere else.
set -eu
kind=$1
python=$2
"$python" - <<'CHECK' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit("Headway needs Python 3.11 or newer; this is %d.%d. Set PYTHON=python3.11." % sys.version_info[:2])
CHECK
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    echo "Python's venv module is missing. Install it first: sudo apt install python3-venv" >&2
    exit 1
fi
stamp=".venv/.stamp-$kind"
wanted=$(cat "requirements/$kind.txt" pyproject.toml tools/environment.sh | cksum; "$python" --version)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    touch "$stamp"
    exit 0
fi
echo "Setting up .venv from requirements/$kind.txt (once; needs the network) ..." >&2
[ -x .venv/bin/python ] || "$python" -m venv .venv
[ -x .venv/bin/uv ] || .venv/bin/pip install --quiet --disable-pip-version-check 'uv==0.13.*'
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode -r "requirements/$kind.txt"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
.venv/bin/python -m compileall -q src/headway || true
# The engine's loops are compiled beside whatever comes next; who needs them earlier is answered by plain code.
nice -n 10 .venv/bin/python -m headway.engine._compiled >/dev/null 2>&1 </dev/null &
printf '%s\n' "$wanted" > "$stamp"
