/** What tests against the real kernel need: hosts as network namespaces, and node processes in them. */
package io.mempair.ha.lab;
