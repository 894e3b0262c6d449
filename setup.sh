#!/usr/bin/env bash
# Takes a clean machine to a running studio. `./setup.sh help` says what it can do.
# Debian, Ubuntu and macOS (whose bash is 3.2); as root, with sudo, or with neither. All it installs goes into .venv
# here, but for ffmpeg and Chromium, which apt brings where it may. A second call finds a stamp and installs nothing.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
VENV=$ROOT/.venv
PYTHON=$VENV/bin/python
STAMP=$VENV/.installed     # what is in there: a level, and the sum of the lists it was installed from
UNDERWAY=$VENV/.underway   # there while packages are being written
LOCK=$ROOT/.setup.lock     # a link whose target is the process that is installing
LIGHT=1 FULL=2 TESTS=3     # the levels: each holds the ones before it

main() {
    local verb=${1:-help}
    [ $# -eq 0 ] || shift
    case $verb in
        run) run "$@" ;;
        test) suite "$@" ;;
        models) no_more "$@"; install_once $FULL; say "Everything is installed. ./setup.sh run starts the studio." ;;
        service) service "$@" ;;
        help | -h | --help) usage ;;
        *) usage >&2; exit 2 ;;
    esac
}

usage() {
    cat <<'TEXT'
./setup.sh run [options]        install what is missing, then start the studio; options go to it (--port 8000, --help)
./setup.sh test [options]       install what is missing, then run the test suite; options go to pytest
./setup.sh models               add what the real models need, about 7 GB; `run` does it by itself where there is a GPU
./setup.sh service              keep the studio running with systemd: --remove undoes it, --print only shows the unit
TEXT
}

say() { printf '==> %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$1" >&2; shift; [ $# -eq 0 ] || printf '       %s\n' "$@" >&2; exit 1; }
no_more() { [ $# -eq 0 ] || { usage >&2; exit 2; }; }
have() { command -v "$1" >/dev/null 2>&1; }

# ---------------------------------------------------------------- the verbs

run() {
    install_for_this_machine
    cd "$ROOT" && exec "$PYTHON" app.py "$@"
}

suite() {
    install_once $TESTS
    find_chromium
    cd "$ROOT"
    [ $# -gt 0 ] || set -- -n logical --maxprocesses 4 --dist loadfile
    exec "$PYTHON" -m pytest "$@"
}

install_for_this_machine() {
    if accelerator; then
        install_once $FULL
    elif ! installed $LIGHT; then
        install_once $LIGHT
        say "No GPU here: the studio has its draft models. ./setup.sh models adds the rest."
    fi
}

accelerator() {
    { have nvidia-smi && nvidia-smi -L >/dev/null 2>&1; } || [ -e /proc/driver/nvidia/version ] || [ -e /dev/nvidia0 ] ||
        [ -e /etc/nv_tegra_release ] || grep -qs tegra /proc/device-tree/compatible ||
        [ "$(uname -sm)" = "Darwin arm64" ]
}

# ---------------------------------------------------------------- what is installed

lists() { cat "$ROOT"/requirements*.txt "$ROOT/overrides.txt" "$ROOT/constraints.txt" | cksum | tr ' ' -; }

installed() { # LEVEL: is that much there, from the lists as they are now, and does its Python start?
    local level=0 sum=none
    [ ! -e "$UNDERWAY" ] && [ -f "$STAMP" ] && read -r level sum <"$STAMP" &&
        [ "$level" -ge "$1" ] && [ "$sum" = "$(lists)" ] && "$PYTHON" -c '' 2>/dev/null
}

install_once() { # LEVEL
    installed "$1" && return
    take_lock
    installed "$1" || install "$1"
    let_go
}

install() { # LEVEL, or the one that is there already, where that holds more
    local level=0 list=requirements-light.txt need=2
    read -r level _ 2>/dev/null <"$STAMP" || true
    [ "$level" -ge "$1" ] || level=$1
    [ "$level" -lt $FULL ] || { list=requirements.txt need=10; }
    [ "$level" -lt $TESTS ] || list=requirements-test.txt
    enough_disk $need
    get_ffmpeg
    get_uv
    make_venv
    say "Installing $list into .venv; what is there already stays"
    fill_venv "$ROOT/$list"
    command_line
    echo "$level $(lists)" >"$STAMP"
}

fill_venv() { # LIST
    local code=0
    : >"$UNDERWAY"
    "$UV" pip install --python "$PYTHON" -r "$1" \
        --override "$ROOT/overrides.txt" --constraints "$ROOT/constraints.txt" || code=$?
    [ $code -gt 128 ] || rm -f "$UNDERWAY" # killed, it may have left a package half written
    [ $code -eq 0 ] || fail "The packages could not be installed; the lines above say why." \
        "No connection, or a proxy? Set HTTPS_PROXY, or UV_DEFAULT_INDEX for a mirror. A full disk? See df -h." \
        "Then run the same command again: what was fetched is kept."
}

make_venv() {
    if [ -e "$UNDERWAY" ]; then
        say "The last set-up was cut off while it wrote packages: making .venv anew."
        rm -rf "$VENV"
    fi
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    rm -rf "$VENV"
    # Kokoro's voices stop at Python 3.12; what has no wheels for newer ones is left out there.
    "$UV" venv -q --no-python-downloads --python '>=3.11,<3.13' "$VENV" 2>/dev/null ||
        "$UV" venv -q --python 3.12 "$VENV" 2>/dev/null ||
        "$UV" venv -q --no-python-downloads --python '>=3.13' "$VENV" ||
        fail "Python 3.11 or newer is needed, and there is none here that could be used, nor could one be fetched." \
            "Debian and Ubuntu: sudo apt-get install python3.12 (or python3.11)    macOS: brew install python@3.12"
    say "Python $("$PYTHON" -c 'import platform; print(platform.python_version())') in .venv"
}

command_line() { # `studio`, from any folder, and the studio's rooms importable by whatever runs in .venv
    echo "$ROOT" >"$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/homereel.pth"
    cat >"$VENV/bin/studio" <<TEXT
#!/usr/bin/env bash
# Written by setup.sh: the studio's command line.
exec $(printf %q "$PYTHON") -P -c 'import sys; sys.argv[0] = "studio"; from app import main; sys.exit(main())' "\$@"
TEXT
    chmod +x "$VENV/bin/studio"
}

# ---------------------------------------------------------------- what it takes to install

enough_disk() { # GB
    local free there=0
    free=$(df -Pk "$ROOT" | awk 'NR == 2 {print int($4 / 1048576)}')
    [ ! -d "$VENV" ] || there=$(du -sk "$VENV" | awk '{print int($1 / 1048576)}')
    [ $((free + there)) -ge "$1" ] || fail "$(($1 - there)) GB of disk are needed in $ROOT, and $free GB are free." \
        "Make room there, or move this folder to a larger disk, and run the same command again."
}

take_lock() { # one set-up at a time; a lock whose owner is gone is taken over
    local owner told=
    until ln -sn $$ "$LOCK" 2>/dev/null; do
        [ -w "$ROOT" ] || fail "$ROOT cannot be written to." "Use a copy of it that is yours: git clone '$ROOT' ~/homereel"
        owner=$(readlink "$LOCK" || echo none)
        if alive "$owner"; then
            [ -n "$told" ] || say "Another set-up is at work here (process $owner): waiting for it."
            told=1
            sleep 1
        else
            rm -f "$LOCK"
        fi
    done
    trap let_go EXIT
    trap 'exit 130' INT TERM
}

let_go() { trap - EXIT INT TERM; rm -f "$LOCK"; }
alive() { kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]; }

get_uv() { # uv resolves what pip cannot: audiocraft's old pins, loosened by overrides.txt
    [ -w "${HOME:-/nowhere}" ] || export UV_CACHE_DIR=$ROOT/.uv/cache
    [ ! -e /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS=true # a company's own authority is in there
    UV=$(command -v uv || echo "$ROOT/.uv/bin/uv")
    ! uv_works || return 0
    say "Getting uv, which installs the packages"
    UV=$ROOT/.uv/bin/uv
    uv_by_venv || uv_by_pip || uv_by_itself ||
        fail "uv, the installer, could not be got: neither with pip nor from its own site." \
            "Is there a connection? Is pip there (sudo apt-get install python3-venv)? Otherwise put uv on your PATH." \
            "Then run the same command again."
}

uv_works() { "$UV" --version >/dev/null 2>&1; }
uv_by_venv() {
    small_venv || has_pip || { apt_get python3-venv && small_venv; } || return 1
    [ ! -x "$ROOT/.uv/bin/pip" ] || { "$ROOT/.uv/bin/python" -m pip install -q --retries 1 uv && uv_works; }
}
small_venv() { python3 -m venv --clear "$ROOT/.uv" >/dev/null 2>&1; }
has_pip() { python3 -m pip --version >/dev/null 2>&1; }
uv_by_pip() { has_pip && python3 -m pip install -q --retries 1 --target "$ROOT/.uv" uv && uv_works; }
uv_by_itself() {
    local get="curl -LsSf"
    have curl || { have wget && get="wget -qO-"; } || return 1
    $get https://astral.sh/uv/install.sh | env UV_UNMANAGED_INSTALL="$ROOT/.uv/bin" sh && uv_works
}

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

apt_get() { # PACKAGE: as root or with a sudo that asks nothing; elsewhere it is simply not had
    have apt-get && as_root true 2>/dev/null || return 1
    say "Installing $1 with apt-get"
    as_root apt-get -qq update </dev/null >/dev/null || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=60 \
        install -y --no-install-recommends "$1" </dev/null >/dev/null
}

get_ffmpeg() {
    have ffmpeg || apt_get ffmpeg 2>/dev/null || say "No ffmpeg on this machine: the one in the imageio-ffmpeg package will serve."
}

# ---------------------------------------------------------------- the browser that the suite drives

find_chromium() {
    if ! known_chromium && ! { apt_get chromium && known_chromium; }; then
        say "Getting Chromium for the tests"
        # shellcheck disable=SC2046
        "$PYTHON" -m playwright install $(as_root true 2>/dev/null && echo --with-deps) chromium ||
            fail "The suite drives the studio in Chromium, and there is none here, nor could one be fetched." \
                "Install it (sudo apt-get install chromium), or name one in STUDIO_TEST_CHROMIUM, and run this again."
    fi
}

known_chromium() { # leaves its path in STUDIO_TEST_CHROMIUM; without one the tests use playwright's own
    local name
    [ -z "${STUDIO_TEST_CHROMIUM:-}" ] || return 0
    for name in chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if have "$name" && "$name" --version >/dev/null 2>&1; then # Ubuntu's may be a note that points to a snap
            STUDIO_TEST_CHROMIUM=$(command -v "$name")
            export STUDIO_TEST_CHROMIUM
            return 0
        fi
    done
    return 1
}

# ---------------------------------------------------------------- a studio that is always there

service() {
    local unit
    case ${1:-} in
        --print) unit_text; return ;;
        --remove | "") ;;
        *) usage >&2; exit 2 ;;
    esac
    have systemctl && [ -d /run/systemd/system ] || fail "This machine is not run by systemd." \
        "Have whatever starts programs here run: $ROOT/setup.sh run" \
        "(macOS: System Settings, General, Login Items; or a launchd agent with that as its program.)"
    unit=$(unit_file)
    if [ "${1:-}" = --remove ]; then
        systemd disable --now homereel.service || true
        rm -f "$unit"
        systemd daemon-reload
        say "The service is gone; films and settings are where they were."
    else
        install_for_this_machine
        mkdir -p "$(dirname "$unit")"
        unit_text >"$unit"
        { systemd daemon-reload && systemd enable --now homereel.service; } ||
            fail "systemd did not take the service; its words are above." \
                "After su or in a container there may be no systemd of yours: log in as yourself, or run this as root."
        system_wide || loginctl enable-linger 2>/dev/null || say "It stops when you log out: sudo loginctl enable-linger $(id -un)"
        say "The studio is on, and comes back after a restart. $(systemd_word) status homereel.service tells how it is."
    fi
}

system_wide() { [ "$(id -u)" -eq 0 ]; }
systemd_word() { if system_wide; then echo systemctl; else echo "systemctl --user"; fi; }
systemd() { $(systemd_word) "$@"; }
unit_file() {
    local folder=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
    ! system_wide || folder=/etc/systemd/system
    echo "$folder/homereel.service"
}

unit_text() { # run as root it is the machine's service, under the name of whoever owns this folder
    local target=default.target folder=${ROOT//%/%%} python
    ! system_wide || target=multi-user.target
    python=${folder//\\/\\\\}
    python=${python//\"/\\\"}/.venv/bin/python
    cat <<TEXT
[Unit]
Description=Homereel, a film studio
After=network.target

[Service]
WorkingDirectory=$folder
ExecStart="$python" app.py
Restart=on-failure
RestartSec=5
KillMode=mixed
TimeoutStopSec=30
$(! system_wide || echo "User=$(owner "$ROOT")")

[Install]
WantedBy=$target
TEXT
}

owner() { stat -c %U "$1" 2>/dev/null || stat -f %Su "$1"; }

main "$@"
