package io.mempair.deploy;

import io.mempair.ha.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Writes a man page for each command of the program from what its {@code --help} says: man-pages(7) in man(7)'s language. At build
 * time only. Picocli's own generator writes AsciiDoc, whose converter is 60 MB of Ruby for the same pages.
 */
public final class ManPages {

    /** Begins the examples, the last part of a footer. */
    private static final Pattern EXAMPLES = Pattern.compile("Examples?:");

    private final Path folder;
    private final String date;
    private final String version;

    private ManPages(Path folder, String date, String version) {
        this.folder = folder;
        this.date = date;
        this.version = version;
    }

    /** Takes a folder, the date of the pages and the version of the program. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("expected: FOLDER DATE VERSION");
        }
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        new ManPages(folder, arguments[1], arguments[2]).writeAll(new CommandLine(new Main()));
    }

    private void writeAll(CommandLine command) throws IOException {
        write(command);
        for (CommandLine subcommand : visible(command)) {
            write(subcommand);
        }
    }

    private static List<CommandLine> visible(CommandLine command) {
        return command.getSubcommands().values().stream()
                .filter(subcommand ->
                        !subcommand.getCommandSpec().usageMessage().hidden())
                .toList();
    }

    private void write(CommandLine command) throws IOException {
        CommandSpec spec = command.getCommandSpec();
        UsageMessageSpec usage = spec.usageMessage();
        String name = spec.qualifiedName("-");
        String description = String.join(" ", usage.description());
        var page = new StringBuilder();
        page.append(".TH \"%s\" 1 \"%s\" \"mempair %s\" \"mempair\"\n"
                .formatted(text(name.toUpperCase(Locale.ROOT)), date, version));
        section(page, "Name", text(name) + " \\- " + text(description.replaceAll("\\.$", "")));
        usage.width(UsageMessageSpec.DEFAULT_USAGE_WIDTH);
        section(page, "Synopsis", ".nf\n" + text(command.getHelp().synopsis(0).strip()) + "\n.fi");
        section(page, "Description", text(description));
        List<OptionSpec> options =
                spec.options().stream().filter(option -> !option.hidden()).toList();
        List<? extends ArgSpec> words = spec.positionalParameters().stream()
                .filter(word -> !word.hidden())
                .toList();
        section(page, "Arguments", words.stream().map(ManPages::word).collect(Collectors.joining()));
        section(page, "Options", options.stream().map(ManPages::option).collect(Collectors.joining()));
        section(
                page,
                "Commands",
                visible(command).stream().map(ManPages::subcommand).collect(Collectors.joining()));
        List<String> footer = List.of(usage.footer());
        int examples = examplesIn(footer);
        section(page, "Notes", notes(footer.subList(0, examples)));
        section(
                page,
                "Exit status",
                usage.exitCodeList().entrySet().stream()
                        .map(code -> ".TP\n.B " + code.getKey() + '\n' + text(code.getValue()) + '\n')
                        .collect(Collectors.joining()));
        section(page, "Examples", asTheyAre(footer.subList(Math.min(footer.size(), examples + 1), footer.size())));
        section(page, "See also", seeAlso(command));
        Files.writeString(folder.resolve(name + ".1"), page);
    }

    private static int examplesIn(List<String> footer) {
        int at = 0;
        while (at < footer.size() && !EXAMPLES.matcher(footer.get(at)).matches()) {
            at++;
        }
        return at;
    }

    /** A line each, an empty one between paragraphs; a table of words stays one. */
    private static String notes(List<String> lines) {
        return lines.stream()
                .map(line -> line.isBlank() ? ".PP" : text(line) + "\n.br")
                .collect(Collectors.joining("\n"))
                .replaceAll("^(\\.PP\n?)+|(\n\\.(PP|br))+$", "");
    }

    private static String asTheyAre(List<String> lines) {
        String body = lines.stream().map(ManPages::text).collect(Collectors.joining("\n"));
        return body.isBlank() ? "" : ".nf\n" + body + "\n.fi";
    }

    private static void section(StringBuilder page, String title, String body) {
        if (!body.isBlank()) {
            page.append(".SH \"").append(title.toUpperCase(Locale.ROOT)).append("\"\n");
            page.append(body.strip()).append('\n');
        }
    }

    private static String option(OptionSpec option) {
        String names = Arrays.stream(option.names())
                .map(name -> "\\fB" + text(name) + "\\fR")
                .collect(Collectors.joining(", "));
        String value = option.arity().max() == 0 ? "" : " \\fI" + text(option.paramLabel()) + "\\fR";
        return ".TP\n" + names + value + '\n' + description(option);
    }

    private static String word(ArgSpec word) {
        return ".TP\n\\fI" + text(word.paramLabel()) + "\\fR\n" + description(word);
    }

    private static String description(ArgSpec argument) {
        return text(String.join(" ", argument.description())) + '\n';
    }

    private static String subcommand(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        return ".TP\n.BR " + text(spec.qualifiedName("-")) + " (1)\n"
                + text(String.join(" ", spec.usageMessage().description())) + '\n';
    }

    private static String seeAlso(CommandLine command) {
        String others = command.getParent() == null ? "" : ".BR mempair (1),\n";
        return others
                + text(
                        "/usr/share/doc/mempair/operating/operations.md, /usr/share/doc/mempair/reference/configuration.md");
    }

    /** Taken as it is: nothing in it is a request or an escape, and a hyphen is one that can be copied. */
    private static String text(String plain) {
        return Ansi.OFF.string(plain).replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^([.'])", "\\\\&$1");
    }
}
