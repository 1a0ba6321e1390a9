# shellcheck shell=bash disable=SC2154 # here and maven are set by what reads this
# Long proofs, one line each; for scripts that have read common.sh and set "here", the folder of the scripts.

proof_logs=
proof_failed=0
proof_offline=()

# begin_proofs SECONDS SEED SCRIPT ARGUMENT...: checks the two numbers, gets what the tests need, and goes on in a namespace if it must.
begin_proofs() {
    local script=$3 number
    for number in "$1" "$2"; do
        [[ $number =~ ^[0-9]{1,9}$ ]] || die "'$number' is no number (expected: $(basename "$script") [SECONDS [SEED]])"
    done
    [ "$1" -ge 1 ] || die "expected: at least one second"
    shift 3
    install_packages
    require_build_tools
    cd "$here/.." || exit
    if [ "$(id -u)" -ne 0 ]; then
        # as in test.sh: inside the namespace there is no network, and Java would look in the home of root
        timeout 1800 "$maven" -B -ntp -q verify -DskipITs
        export MAVEN_OPTS="${MAVEN_OPTS:-} -Duser.home=$HOME"
        enter_user_namespace "$script" "$@"
    fi
    [ -z "${MEMPAIR_IN_NAMESPACE:-}" ] || proof_offline=(-o)
    proof_logs=$(mktemp -d)
    trap 'rm -rf "$proof_logs"' EXIT
}

# proves LIMIT MODULE TEST PROPERTY...: runs one test class of a module, and what the module needs first.
proves() {
    local limit=$1 module=$2 test=$3 start=$SECONDS result
    shift 3
    if ! timeout "$limit" "$maven" -B -ntp "${proof_offline[@]}" -pl "$module" -am verify -Dtest=NoUnitTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Dit.test="$test" -Dfailsafe.failIfNoSpecifiedTests=false \
        "${@/#/-Dmempair.}" >"$proof_logs/$test.log" 2>&1; then
        result='DOES NOT HOLD'
    elif ! grep -q "Tests run: [1-9].* -- in .*\\.$test\$" "$proof_logs/$test.log"; then
        result='DID NOT RUN'
    else
        result=holds
    fi
    if [ "$result" != holds ]; then
        proof_failed=$((proof_failed + 1))
        tail -n 200 "$proof_logs/$test.log" >&2
    fi
    printf '%-18s %-50s %-14s %5d s\n' "$test" "$*" "$result" $((SECONDS - start))
}

# end_proofs: the exit code is 0 only if all hold.
end_proofs() {
    echo "proofs that do not hold: $proof_failed"
    [ "$proof_failed" -eq 0 ]
}
