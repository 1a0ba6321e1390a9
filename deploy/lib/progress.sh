# shellcheck shell=bash
# A long run of Maven: how long it may take, and what it does meanwhile. Sourced after common.sh, never run.
# shellcheck disable=SC2154 # the scripts set $here

# What the loops of measure_slowness take on two quiet cores of the machine that limits are written for.
readonly QUIET_MILLISECONDS=500
readonly LOOPS=800000

# Prints how much longer they take on this machine now, all its cores at work, in hundredths: 100 for as long or less.
measure_slowness() {
    local cores core start hundredths
    cores=$(nproc)
    start=${EPOCHREALTIME/[^0-9]/}
    for ((core = 0; core < cores; core++)); do
        (for ((i = 0; i < LOOPS / cores; i++)); do :; done) &
    done
    wait
    hundredths=$(((${EPOCHREALTIME/[^0-9]/} - start) / 10 / QUIET_MILLISECONDS))
    echo $((hundredths < 100 ? 100 : hundredths))
}

# scaled_limit SECONDS MAX: SECONDS of a quiet machine in those of this one, MAX at most.
scaled_limit() {
    local seconds=$(($1 * $(measure_slowness) / 100))
    echo $((seconds < $2 ? seconds : $2))
}

# test_classes PATTERN: how many there are in the checkout.
test_classes() {
    find "$here/.." -path '*/src/test/java/*' -name "$1" | wc -l
}

# progress_of LOG: what the run does and how far it is, in one line.
progress_of() {
    awk -v units="$(test_classes '*Test.java')" -v integrations="$(test_classes '*IT.java')" '
        / Running / { running[$NF] = 1 }
        / Tests run: .* -- in / {
            delete running[$NF]
            # one with timed tests ends twice
            if (!($NF in ended)) { ended[$NF]; if ($NF ~ /IT$/) ended_integrations++; else ended_units++ }
        }
        / --- .* @ / { step = $0; sub(/.* --- /, "", step); sub(/ @.*/, "", step); module = $(NF - 1); delete running }
        END {
            for (class in running) { sub(/.*\./, "", class); classes = classes ", " class }
            printf "%s, %s%s; ended: %d of %d test classes, %d of %d integration tests\n", module, step, classes,
                ended_units, units, ended_integrations, integrations
        }' "$1"
}

# run_with_progress SECONDS COMMAND...: runs it for SECONDS at most, says every minute how far it is, and ends as it does.
run_with_progress() {
    local seconds=$1 start=$SECONDS minutes=0 status=0 log out tee run
    shift
    log=$(mktemp)
    exec {out}> >(exec tee "$log")
    tee=$!
    timeout "$seconds" "$@" >&"$out" 2>&1 &
    run=$!
    exec {out}>&-
    # shellcheck disable=SC2064 # the process of now
    trap "kill $run 2>/dev/null" TERM INT
    while kill -0 "$run" 2>/dev/null; do
        sleep 1
        if [ $(((SECONDS - start) / 60)) -gt "$minutes" ]; then
            minutes=$(((SECONDS - start) / 60))
            echo "[time] $minutes min of $((seconds / 60)) at most: $(progress_of "$log")"
        fi
    done
    wait "$run" || status=$?
    trap - TERM INT
    wait "$tee" || true
    rm -f "$log"
    [ "$status" -ne 124 ] ||
        echo "${0##*/}: not ended within $((seconds / 60)) min, the time for a machine as fast as this one was at the start" >&2
    return "$status"
}
