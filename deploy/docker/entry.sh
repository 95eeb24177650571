#!/usr/bin/env bash
# The first process of the container: 'serve' (what it does by itself) runs a silo, 'healthy' asks the silo of this container whether it
# is ready, anything else is a command of qlearn, such as 'db migrate'.
set -euo pipefail

program=${QLEARNING_PROGRAM:-/app/qlearn.dll}

# Where other silos, clients and probes reach this one: as told, else the first address of this machine.
address() {
    if [[ -n ${QLearning__Silo__AdvertisedAddress:-} ]]; then
        printf '%s' "$QLearning__Silo__AdvertisedAddress"
    else
        local all
        read -r -a all <<<"$(hostname -i)"
        printf '%s' "${all[0]}"
    fi
}

# Without curl and without a second .NET process: this runs every few seconds.
healthy() {
    local port=${QLearning__Silo__HttpPort:-8080} status
    exec 3<>"/dev/tcp/$(address)/$port"
    printf 'GET /ready HTTP/1.1\r\nHost: silo\r\nConnection: close\r\n\r\n' >&3
    read -r _ status _ <&3
    [[ $status == 200 ]]
}

case ${1:-serve} in
    serve)
        shift || true
        QLearning__Silo__AdvertisedAddress=$(address)
        export QLearning__Silo__AdvertisedAddress
        # 64 MiB (hexadecimal) of new objects before each garbage collection.
        export DOTNET_GCgen0size=${DOTNET_GCgen0size:-4000000}
        # The silo takes the place of this shell, so that it gets the signals.
        exec dotnet "$program" serve --log json "$@"
        ;;
    healthy) healthy ;;
    *) exec dotnet "$program" "$@" ;;
esac
