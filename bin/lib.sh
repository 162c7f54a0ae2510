# shellcheck shell=bash
# Shared by every command in bin/: where things are, and how to reach the private PostgreSQL.
# Everything heavy lives in a cache outside the checkout, so that a second clone is ready in seconds.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${SUBSCRIPTION_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/subscription-mgmt}
SYSTEM_PYTHON=${PYTHON:-/usr/bin/python3}

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# --- Odoo: a checkout of the user's own, or the unpacked Debian package -------------------------
ODOO_UNPACKED=$CACHE/odoo-19
ODOO_HOME=${ODOO_HOME:-$ODOO_UNPACKED/usr/lib/python3/dist-packages}

# --- Python: one environment per set of pins and interpreter ------------------------------------
venv_dir() {
    local key
    key=$(cat "$ROOT"/requirements/{lint,odoo,peers,test}.txt | cat - <("$SYSTEM_PYTHON" -V 2>&1) | sha256sum | cut -c1-12)
    echo "$CACHE/venv-$key"
}

# --- Add-ons of others that ours build on: one folder per set of pins, never mixed with our own ---
others_dir() { echo "$CACHE/others-$(sha256sum < "$ROOT/requirements/addons.txt" | cut -c1-12)"; }

# --- PostgreSQL: our own cluster, reached by socket only ----------------------------------------
# The server refuses to run as root; root runs it as `postgres`, who cannot enter root's home.
if [ "$(id -u)" = 0 ]; then
    PG_HOME=${SUBSCRIPTION_PG:-/var/lib/subscription-mgmt}
    as_pg() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); }
else
    PG_HOME=${SUBSCRIPTION_PG:-$CACHE/pg}
    as_pg() { "$@"; }
fi
export PGHOST=$PG_HOME/run PGPORT=5439 PGUSER=odoo
unset PGDATABASE PGPASSWORD

pg_bin() {
    local found
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [ -n "$found" ] && [ -x "$found/initdb" ] || return 1
    echo "$found"
}

pg_ready() { "$(pg_bin)/pg_isready" -q 2>/dev/null; }

pg_start() {
    pg_ready && return 0
    local bin
    bin=$(pg_bin) || die "PostgreSQL is not installed; run bin/setup"
    [ -d "$PG_HOME/data" ] || die "no database cluster yet; run bin/setup"
    as_pg "$bin/pg_ctl" -D "$PG_HOME/data" -l "$PG_HOME/postgresql.log" -w -s start >&2 \
        || { pg_ready || die "PostgreSQL did not start; see $PG_HOME/postgresql.log"; }
}

db_exists() { [ -n "$("$(pg_bin)/psql" -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$1'")" ]; }

# --- Running ------------------------------------------------------------------------------------
# Every folder of the root that is an add-on, so that a new one takes part in everything at once.
# shellcheck disable=SC2034  # read by the commands
ADDONS=$(cd "$ROOT" && printf '%s\n' */__manifest__.py | xargs -n 1 dirname | paste -sd ' ')
# Everything our add-ons build on, installed once into a database that is copied for every run.
DEPENDENCIES="account_payment,calendar,contacts,hr,maintenance,project,sale_management,l10n_tr,payment_demo,im_livechat,helpdesk_mgmt,crm,purchase,survey,base_iban,queue_job"

# What belongs to this checkout alone (settings, logs), beside the shared cache.
CHECKOUT=$(echo -n "$ROOT" | sha256sum | cut -c1-8)
RUN=$CACHE/run/$CHECKOUT

# A script, not `python -m odoo`: see there.
ODOO_BIN=$ROOT/bin/parts/odoo_bin.py

# Folder list for Odoo's --addons-path; a git checkout keeps its add-ons in addons/, the package in odoo/addons.
addons_path() {
    local path
    path=$ROOT,$(others_dir)/odoo/addons
    [ -z "${EXTRA_ADDONS:-}" ] || path=$path,$EXTRA_ADDONS
    [ -d "$ODOO_HOME/odoo/addons/account" ] || path=$path,$ODOO_HOME/addons
    echo "$path"
}

# Prepare the interpreter, the database server and Odoo's settings for the command that sources this file.
use_odoo() {
    { [ -x "$(venv_dir)/bin/odoo-ready" ] && [ -d "$ODOO_HOME/odoo" ] && [ -d "$(others_dir)" ] && [ -d "$PG_HOME/data" ] && pg_bin >/dev/null; } \
        || "$ROOT/bin/setup"
    VENV=$(venv_dir)   # only now: setup may have installed the interpreter
    pg_start
    PATH=$VENV/bin:$(pg_bin):$PATH
    export PYTHONPATH=$ODOO_HOME PYTHONDONTWRITEBYTECODE=1 ODOO_HOME ODOO_BIN ODOO_RC=$RUN/odoo.conf
    mkdir -p "$RUN"
    cat > "$ODOO_RC.$$" <<EOF
[options]
addons_path = $(addons_path)
data_dir = $CACHE/data
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
EOF
    mv "$ODOO_RC.$$" "$ODOO_RC"
}

odoo() { python "$ODOO_BIN" "$@"; }

# Attachments live outside the database: linked, not copied, because Odoo never writes into one.
copy_files() {
    local store=$CACHE/data/filestore
    rm -rf "${store:?}/$2"
    [ ! -d "$store/$1" ] || cp -al "$store/$1" "$store/$2"
}

# Name of the template database that holds our dependencies; made the first time, then only copied.
template_db() {
    local name
    name=template_$( (echo "$DEPENDENCIES"; cat "$ODOO_HOME/odoo/release.py") | sha256sum | cut -c1-8)
    db_exists "$name" || (
        flock 8   # another checkout may be making it
        db_exists "$name" || make_template "$name"
    ) 8>"$CACHE/template.lock" || exit 1
    echo "$name"
}

# What Odoo says of its own apps meanwhile (a description that docutils cannot read, …) is shown if it fails.
make_template() {
    say "Preparing a database with Odoo's own apps (once, about two minutes)"
    drop_db "$1.part"
    odoo -d "$1.part" -i "$DEPENDENCIES" --stop-after-init --no-http --log-level=warn >"$RUN/template.log" 2>&1 8>&- \
        || { cat "$RUN/template.log" >&2; die "Odoo did not install"; }
    copy_files "$1.part" "$1"
    psql -qd postgres -c "ALTER DATABASE \"$1.part\" RENAME TO \"$1\""
}

drop_db() {
    dropdb --if-exists --force "$1" 2>/dev/null
    rm -rf "$CACHE/data/filestore/${1:?}"
}

# copy_db SOURCE NAME: replace that database by a copy of the source, files and all
copy_db() {
    drop_db "$2"
    createdb -T "$1" "$2" && copy_files "$1" "$2"
}

# new_db NAME: a fresh copy of the template under that name
new_db() {
    local template
    template=$(template_db) && copy_db "$template" "$1"
}
