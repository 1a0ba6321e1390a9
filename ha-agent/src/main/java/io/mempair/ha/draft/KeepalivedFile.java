package io.mempair.ha.draft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code keepalived.conf} as blocks: each line its words, and the lines between its braces. Comments ({@code #}, {@code !}) are
 * left out; quotes hold words together. Pure.
 */
final class KeepalivedFile {

    /** Deeper than any block is. */
    private static final int MAX_DEPTH = 8;

    private KeepalivedFile() {}

    /**
     * One line.
     *
     * @param line   where it begins in the file, from 1; 0 for the whole file
     * @param words  its words
     * @param lines  what stands between its braces; empty without
     */
    record Block(int line, List<String> words, List<Block> lines) {

        Block {
            words = List.copyOf(words);
            lines = List.copyOf(lines);
        }

        /** The first word. */
        String keyword() {
            return words.get(0);
        }

        /** The word at this place, if there is one. */
        Optional<String> word(int at) {
            return words.size() > at ? Optional.of(words.get(at)) : Optional.empty();
        }

        /** The lines in it that begin with this word. */
        List<Block> all(String keyword) {
            return lines.stream().filter(line -> line.keyword().equals(keyword)).toList();
        }

        /** The last line in it that begins with this word: the last one counts. */
        Optional<Block> last(String keyword) {
            return all(keyword).stream().reduce((first, second) -> second);
        }

        /** The second word of the last line in it that begins with this word. */
        Optional<String> value(String keyword) {
            return last(keyword).flatMap(line -> line.word(1));
        }

        /** The lines within all blocks in it that begin with this word. */
        List<Block> within(String keyword) {
            return all(keyword).stream()
                    .flatMap(block -> block.lines().stream())
                    .toList();
        }

        boolean has(String keyword) {
            return !all(keyword).isEmpty();
        }
    }

    /**
     * The whole file as a block without words.
     *
     * @throws IllegalArgumentException if the braces do not match; it begins with the number of the line and a colon
     */
    static Block read(String text) {
        return new Block(0, List.of(), lines(new Tokens(tokens(text)), 0, 0));
    }

    /** @param opened  the line with the brace that these stand behind; 0 for the whole file */
    private static List<Block> lines(Tokens tokens, int depth, int opened) {
        List<Block> lines = new ArrayList<>();
        List<String> words = new ArrayList<>();
        int begin = 0;
        while (tokens.hasNext()) {
            Token token = tokens.next();
            switch (token.kind()) {
                case WORD -> {
                    begin = words.isEmpty() ? token.line() : begin;
                    words.add(token.text());
                }
                case OPEN -> {
                    if (depth >= MAX_DEPTH) {
                        throw new IllegalArgumentException(
                                token.line() + ": more than " + MAX_DEPTH + " blocks in each other");
                    }
                    List<Block> inner = lines(tokens, depth + 1, token.line());
                    if (!words.isEmpty()) {
                        lines.add(new Block(begin, words, inner));
                        words.clear();
                    }
                }
                case CLOSE, LINE_END -> {
                    boolean opensNext = token.kind() == TokenKind.LINE_END && tokens.opensNext();
                    if (!words.isEmpty() && !opensNext) {
                        lines.add(new Block(begin, words, List.of()));
                        words.clear();
                    }
                    if (token.kind() == TokenKind.CLOSE) {
                        if (depth == 0) {
                            throw new IllegalArgumentException(
                                    token.line() + ": '}' closes nothing (expected: a '{' before it)");
                        }
                        return lines;
                    }
                }
            }
        }
        if (depth > 0) {
            throw new IllegalArgumentException(opened + ": '{' is not closed (expected: a '}' before the file ends)");
        }
        if (!words.isEmpty()) {
            lines.add(new Block(begin, words, List.of()));
        }
        return lines;
    }

    private enum TokenKind {
        WORD,
        OPEN,
        CLOSE,
        LINE_END
    }

    private record Token(TokenKind kind, String text, int line) {}

    /** Where the reader is. */
    private static final class Tokens {
        private final List<Token> all;
        private int at;

        Tokens(List<Token> all) {
            this.all = all;
        }

        boolean hasNext() {
            return at < all.size();
        }

        Token next() {
            return all.get(at++);
        }

        /** A brace may stand on a line of its own. */
        boolean opensNext() {
            int next = at;
            while (next < all.size() && all.get(next).kind() == TokenKind.LINE_END) {
                next++;
            }
            return next < all.size() && all.get(next).kind() == TokenKind.OPEN;
        }
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            lineTokens(line, number, tokens);
            tokens.add(new Token(TokenKind.LINE_END, "", number));
        }
        return tokens;
    }

    private static void lineTokens(String line, int number, List<Token> tokens) {
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                begun = true;
            } else if (c == '#' || c == '!') {
                break;
            } else if (Character.isWhitespace(c) || c == '{' || c == '}') {
                if (begun || !word.isEmpty()) {
                    tokens.add(new Token(TokenKind.WORD, word.toString(), number));
                }
                word.setLength(0);
                begun = false;
                if (c == '{' || c == '}') {
                    tokens.add(new Token(c == '{' ? TokenKind.OPEN : TokenKind.CLOSE, "", number));
                }
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException(
                    number + ": a " + quote + " is not closed (expected: a second one on the line)");
        }
        if (begun || !word.isEmpty()) {
            tokens.add(new Token(TokenKind.WORD, word.toString(), number));
        }
    }
}
