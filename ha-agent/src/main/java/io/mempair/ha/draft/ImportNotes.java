package io.mempair.ha.draft;

import io.mempair.ha.draft.KeepalivedFile.Block;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is said of the files of an {@link OldPair} that are imported: where each value comes from, and what was not taken. */
final class ImportNotes {

    private final OldPair.Given given;
    private final List<String> remarks = new ArrayList<>();
    private final Map<String, String> origins = new HashMap<>();

    ImportNotes(OldPair.Given given) {
        this.given = given;
    }

    /** The place of a line of the file of keepalived. */
    String at(Block block) {
        return given.keepalivedFile() + ':' + block.line();
    }

    /** The place of a line of the script. */
    String at(MagentLine start) {
        return given.magentFile() + ':' + start.line();
    }

    /** Says something of a place. */
    void remark(String place, String text) {
        remarks.add(place + ": " + text);
    }

    /** Remarks on the words of a line that are not taken. */
    void restOf(Block line, String of, int from) {
        if (line.words().size() > from) {
            remark(
                    at(line),
                    of + ' ' + String.join(" ", line.words().subList(0, from)) + ": "
                            + String.join(
                                    " ", line.words().subList(from, line.words().size())) + " has no successor");
        }
    }

    /** The value of a key of the new file comes from that place. */
    void origin(String configKey, String place) {
        origins.put(configKey, place);
    }

    /** Where the value of that key comes from; {@code otherwise} if nothing was said. */
    String originOf(String configKey, String otherwise) {
        return origins.getOrDefault(configKey, otherwise);
    }

    /** All remarks, in the order they were made. */
    List<String> remarks() {
        return remarks;
    }

    /** Where the value of each key comes from. */
    Map<String, String> origins() {
        return origins;
    }
}
