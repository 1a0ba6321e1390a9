package io.mempair.ha.time;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A process that opens files until it may open no more, and then asks for the time. */
final class NoFilesMain {

    private static final List<FileInputStream> OPEN = new ArrayList<>();

    private NoFilesMain() {}

    public static void main(String[] arguments) {
        SystemClock clock = new SystemClock();
        long beforeMillis = clock.hostMillis();
        String why = exhaust();
        System.out.println(why + "; " + (clock.hostMillis() >= beforeMillis ? "told" : "went back"));
    }

    private static String exhaust() {
        while (true) {
            try {
                OPEN.add(new FileInputStream("/dev/null"));
            } catch (IOException e) {
                return e.getMessage();
            }
        }
    }
}
