#!/usr/bin/env bash
# structure.sh: prints how the code is built, as Markdown: for each module its packages with lines, share, floor and the packages they
# use, arrows against the floors, the sizes of files and methods, and how many lines of tests there are. docs/design/structure.md
# is what it printed last. Needs a build.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

[ $# -eq 0 ] || die "'$1' (expected: no arguments)"
require_build_tools
for module in proxy-core ha-agent; do
    [ -d "$here/../$module/target/classes" ] || die "$module is not built (expected: mvn -B package -DskipTests before)"
done

# packages MODULE ROOT: the packages below ROOT and how long their files are, with what jdeps found between them
packages() {
    local sources=$here/../$1/src/main/java root=$2
    {
        find "$sources" -name '*.java' ! -name package-info.java -printf '%h %p\n' |
            while read -r folder file; do
                folder=${folder#"$sources/"}
                echo "file ${folder//\//.} $(wc -l <"$file")"
            done
        jdeps -verbose:package -e "${root//./\\.}\\..*" "$here/../$1/target/classes" |
            awk '$2 == "->" && $1 != $3 && $4 { print "arrow", $1, $3 }'
    } | awk -v root="$root." '
        function floor_of(p,   n, i, on, height, below) {
            if (p in floor) { return floor[p] }
            if (p in open) { circles++; return 0 }
            open[p]
            n = split(uses[p], on, " ")
            for (i = 1; i <= n; i++) { below = floor_of(on[i]); if (below > height) { height = below } }
            delete open[p]
            return floor[p] = height + 1
        }
        $1 == "file" && index($2 ".", root) == 1 { files[$2]++; lines[$2] += $3; all += $3 }
        $1 == "arrow" && index($2 ".", root) == 1 && index($3 ".", root) == 1 { uses[$2] = uses[$2] " " $3; arrows++ }
        END {
            if (!arrows) { print "structure.sh: jdeps found no package that uses another" >"/dev/stderr"; exit 1 }
            for (p in files) { rooms++; if (floor_of(p) > floors) { floors = floor_of(p) }; if (lines[p] > lines[largest]) { largest = p } }
            print "| floor | package | files | lines | share | uses |\n| ---: | --- | ---: | ---: | ---: | --- |"
            for (f = floors; f >= 1; f--) {
                for (p in files) {
                    if (floor[p] != f) { continue }
                    names = uses[p]; gsub(root, "", names); gsub("^ ", "", names); gsub(" ", ", ", names)
                    name = p == substr(root, 1, length(root) - 1) ? "." : substr(p, length(root) + 1)
                    printf "| %d | `%s` | %d | %d | %.1f %% | %s |\n", f, name, files[p], lines[p], 100 * lines[p] / all, names | "sort -t\"|\" -k3"
                }
                close("sort -t\"|\" -k3")
            }
            printf "\n%d packages on %d floors, %d arrows, circles: %d; %d lines; largest: `%s`, %.1f %%\n", \
                rooms, floors, arrows, circles, all, substr(largest, length(root) + 1), 100 * lines[largest] / all
        }'
}

# sizes PATTERN: how long these files and their methods are. A method begins and ends where the formatter indents members of a class,
# or of a class in a class.
sizes() {
    find "$here/.." -path "$1" -name '*.java' ! -path '*/target/*' ! -name package-info.java -exec awk '
        FNR == 1 { if (file) { print "file", last, file }; file = FILENAME; begun = 0 }
        { last = FNR }
        # its first line: a name and what it takes, not a field, an annotation or a type
        !begun && /^(    |        )[A-Za-z<][^=]*[(]/ && !/(;|\{\})$/ && !/(^| )(new|class|record|enum|interface|return) / {
            match($0, /^ */)
            closing = substr($0, 1, RLENGTH) "}"
            begun = FNR
            opened = 0
        }
        begun && /\{$/ { opened = 1 }
        begun && !opened && /;$/ { begun = 0 }
        begun && $0 == closing { print "method", FNR - begun + 1, file; begun = 0 }
        END { print "file", last, file }' {} + | sort -k1,1 -k2,2n | awk '
        { n[$1]++; size[$1, n[$1]] = $2; name[$1, n[$1]] = $3; if ($1 == "method") { sum += $2 } else { lines += $2 } }
        END {
            longest = name["file", n["file"]]; sub(/.*\//, "", longest)
            printf "| %d | %d | %d | %d (`%s`) | %d | %d | %d | %d |\n", n["file"], lines, size["file", int(n["file"] / 2) + 1],
                size["file", n["file"]], longest, n["method"], size["method", int(n["method"] / 2) + 1],
                size["method", int(n["method"] * 0.95)], size["method", n["method"]]
        }'
}

# lines_of PATTERN...: of all Java files in these folders
lines_of() {
    local folder
    for folder in "$@"; do
        [ ! -d "$folder" ] || find "$folder" -name '*.java' -exec cat {} +
    done | wc -l
}

ratio() {
    awk -v name="$1" -v tests="$2" -v main="$3" 'BEGIN { printf "| %s | %d | %d | %.2f |\n", name, tests, main, main ? tests / main : 0 }'
}

for module in proxy-core:io.mempair.proxy ha-agent:io.mempair.ha; do
    printf '## %s\n\nA package uses those on lower floors only.\n\n' "${module%%:*}"
    packages "${module%%:*}" "${module#*:}"
    echo
done
printf '## Files and methods\n\n'
echo '| | files | lines | median | longest | methods | median | 95 of 100 up to | longest |'
echo '| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |'
echo "| main $(sizes '*/src/main/java/*')"
echo "| test $(sizes '*/src/test/java/*')"
printf '\n## Tests\n\n| | lines of tests | lines of main code | ratio |\n| --- | ---: | ---: | ---: |\n'
core=$here/../proxy-core/src
tests=0 main=0
for package in copies command recovery; do
    of_tests=$(lines_of "$core/test/java/io/mempair/proxy/$package") of_main=$(lines_of "$core/main/java/io/mempair/proxy/$package")
    ratio "\`$package\`" "$of_tests" "$of_main"
    tests=$((tests + of_tests)) main=$((main + of_main))
done
ratio 'these three' $tests $main
for module in proxy-core ha-agent; do
    ratio "$module" "$(lines_of "$here/../$module/src/test/java")" "$(lines_of "$here/../$module/src/main/java")"
done
ratio "all, with \`deploy\`" "$(lines_of "$here"/../*/src/test/java)" "$(lines_of "$here"/../*/src/main/java)"
