/** The command line: every subcommand, and the main class. The only package that knows picocli. */
@NullMarked
package io.mempair.ha.cli;

import org.jspecify.annotations.NullMarked;
