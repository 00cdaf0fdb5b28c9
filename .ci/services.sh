#!/usr/bin/env bash
# Starts a throwaway PostgreSQL (127.0.0.1:55432) and Redis (127.0.0.1:56379) for the tests, installing them if missing.
# Run, it prints the export lines; sourced (as .ci/run does), it also sets them. Safe to repeat: what runs is kept.

_sailcloth_services() {
  local pg_port=55432 redis_port=56379 home=/var/tmp/sailcloth-pg redis_home=/var/tmp/sailcloth-redis
  local pg_bin missing=() as_postgres=() log

  _pg_bin() { find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1; }
  [ -n "$(_pg_bin)" ] || missing+=(postgresql)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v chromium >/dev/null || missing+=(chromium)
  if [ ${#missing[@]} -gt 0 ]; then
    echo "Installing ${missing[*]} ..." >&2
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
    "${sudo[@]}" apt-get update -qq >&2 || return 1
    # The packages' own services would start on install; the tests want only ours.
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 || return 1
  fi
  pg_bin=$(_pg_bin)

  # PostgreSQL refuses to run as root.
  if [ "$(id -u)" -eq 0 ]; then
    as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups env -u LD_PRELOAD HOME="$home")
    install -d -m 0700 -o postgres -g postgres "$home" || return 1
  else
    mkdir -p -m 0700 "$home" || return 1
  fi
  if [ ! -s "$home/data/PG_VERSION" ]; then
    echo "Making the database cluster ..." >&2
    (cd "$home" && "${as_postgres[@]}" "$pg_bin/initdb" -D "$home/data" -U sailcloth -A trust -E UTF8 --locale=C.UTF-8 >"/dev/null") || return 1
  fi
  if ! "$pg_bin/pg_isready" -q -U sailcloth -d postgres -h 127.0.0.1 -p $pg_port; then
    log="$home/server.log"
    # Durability is not what is tested here; order and locks are, and they do not depend on it.
    (cd "$home" && "${as_postgres[@]}" "$pg_bin/pg_ctl" -D "$home/data" -l "$log" -w -t 60 start -o \
      "-h 127.0.0.1 -p $pg_port -k $home -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" \
      >/dev/null </dev/null) || { tail -n 20 "$log" >&2; return 1; }
  fi
  if ! redis-cli -h 127.0.0.1 -p $redis_port ping >/dev/null 2>&1; then
    mkdir -p "$redis_home" || return 1
    redis-server --bind 127.0.0.1 --port $redis_port --save "" --appendonly no --daemonize yes \
      --dir "$redis_home" --pidfile "$redis_home/redis.pid" --logfile "$redis_home/redis.log" >/dev/null || return 1
    local tries=0
    until redis-cli -h 127.0.0.1 -p $redis_port ping >/dev/null 2>&1; do
      tries=$((tries + 1))
      [ $tries -lt 50 ] || { echo "Redis did not start; see $redis_home/redis.log" >&2; return 1; }
      sleep 0.1
    done
  fi
  export SAILCLOTH_TEST_DATABASE_URL="postgres://sailcloth:sailcloth@127.0.0.1:$pg_port/postgres"
  export SAILCLOTH_TEST_REDIS_URL="redis://127.0.0.1:$redis_port/0"
  echo "export SAILCLOTH_TEST_DATABASE_URL=$SAILCLOTH_TEST_DATABASE_URL"
  echo "export SAILCLOTH_TEST_REDIS_URL=$SAILCLOTH_TEST_REDIS_URL"
}

_sailcloth_services
