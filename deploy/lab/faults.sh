#!/usr/bin/env bash
# Every failure of the table in docs/operating/operations.md that one machine can make, measured: breaks a real pair in the lab,
# some rounds each, and prints for every row what clients saw and who held the address. Exit code 1 when a bound is
# broken; the rows and their bounds are in src/test/java/io/mempair/deploy/faults/Row.java.
set -euo pipefail

usage() {
    cat <<'END'
usage: faults.sh [--rounds N] [--profile default|fast] [--mode pair|witness] [--vs keepalived] [--markdown | --json] [ROW...]

  --rounds N        rounds of each row (default: 5)
  --profile P       of both nodes (default: default)
  --mode M          pair: two voters and a tie-breaker; witness: a third process votes (default: pair)
  --vs keepalived   the same rounds with keepalived and nutcracker at the same detection time, printed beside
  --markdown        the table as docs/design/benchmarks.md has it
  --json            one line of JSON a row instead of the table
  --list            the rows with what they do, and ends

MEMPAIR_LAB       name of the lab (default: faults)
FAULTS_KEEP=yes   leaves the logs of the last run and says where
END
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../lib/common.sh
. "$here/lib/common.sh"

case " $* " in
    *' --help '* | *' -h '*) usage && exit 0 ;;
esac
# the end-to-end tests start this script when all is built
if [ -z "${MEMPAIR_IN_NAMESPACE:-}" ] && [ -z "${FAULTS_IS_BUILT:-}" ]; then
    packages=$COMPILER_PACKAGES
    case " $* " in
        *' keepalived '*) packages="$packages $VERSUS_PACKAGES" ;;
    esac
    install_packages "$packages"
    require_build_tools
    build_mempair
fi
classpath="$here/target/test-classes:$here/target/lib/*"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
program=("$java" -Xms96m -Xmx96m -XX:+UseSerialGC -cp "$classpath" io.mempair.deploy.faults.FaultRounds)
# what is wrong with the command line is said before anything is started
"${program[@]}" --check "$@" || exit $?
case " $* " in
    *' --list '*) exit 0 ;;
esac
enter_user_namespace "$here/lab/faults.sh" "$@"

lab_of_script faults "${FAULTS_KEEP:-}"

gcc -std=gnu11 -Wall -Wextra -O2 -shared -fPIC -o "$MEMPAIR_LAB_DIR/clock.so" "$here/lab/clock.c"
"$here/lab/lab.sh" up >&2
# the program is on the client's host: what it measures is what a client sees
"$here/lab/lab.sh" exec c "${program[@]}" --deploy "$here" --folder "$MEMPAIR_LAB_DIR" "$@" &
wait $!
