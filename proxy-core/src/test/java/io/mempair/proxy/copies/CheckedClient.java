package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.ModelValue;
import io.mempair.proxy.testkit.Operation;
import io.mempair.proxy.testkit.Operation.OperationEffect;
import io.mempair.proxy.testkit.TextClient;
import io.mempair.proxy.testkit.TextClient.Retrieved;
import io.mempair.proxy.testkit.TextClient.TextItem;
import io.mempair.proxy.testkit.TextRequests;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A client that does random operations on keys it shares with others, and checks every answer. For one thread. */
public final class CheckedClient {

    private static final int LONGEST_FILLING = 3_000;
    private static final int KEYS_AT_ONCE = 8;

    private final TextRequests client;
    private final List<ModelKey> keys;
    private final Random random;
    private final AtomicLong ids;
    private final Map<String, AtomicLong> answers;
    private final Map<ModelKey, HeldItem> held = new HashMap<>();
    private boolean failuresAreMisses;

    /** An item as it was seen some time ago. */
    private record HeldItem(TextItem item, long lookedNanos) {}

    /** {@code ids} gives each operation of all clients its number; {@code answers} counts them by kind. */
    public CheckedClient(
            TextRequests client,
            List<ModelKey> keys,
            Random random,
            AtomicLong ids,
            ConcurrentHashMap<String, AtomicLong> answers) {
        this.client = client;
        this.keys = keys;
        this.random = random;
        this.ids = ids;
        this.answers = answers;
    }

    /** With one copy, a key of several is a miss if its server fails: such a miss says nothing. */
    public CheckedClient takingFailuresForMisses() {
        failuresAreMisses = true;
        return this;
    }

    /** Does one operation, of one or some requests. */
    public void operate() throws Exception {
        ModelKey key = keys.get(random.nextInt(keys.size()));
        if (key.isCounter()) {
            if (random.nextInt(3) == 0) {
                get(List.of(key));
            } else {
                increment(key);
            }
            return;
        }
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> get(List.of(key));
            case 3, 4 -> getSome();
            case 5, 6 -> store("set", key);
            case 7 -> store("add", key);
            case 8 -> store("replace", key);
            case 9, 10 -> append(key);
            case 11, 12 -> delete(key);
            case 13 -> touch(key);
            case 14 -> compareAndSwap(key);
            default -> setAndGet(key);
        }
    }

    private String count(String kind, String answer) {
        String word = answer.startsWith("SERVER_ERROR") ? "SERVER_ERROR" : answer;
        answers.computeIfAbsent(kind + ' ' + word, same -> new AtomicLong()).incrementAndGet();
        return answer;
    }

    /** Reads all keys: a read brings back what a server lost. A read that fails is no answer. */
    public void getAll() throws Exception {
        get(keys);
    }

    private void getSome() throws Exception {
        List<ModelKey> some = new ArrayList<>();
        for (int i = 1 + random.nextInt(KEYS_AT_ONCE); i >= 0; i--) {
            some.add(keys.get(random.nextInt(keys.size())));
        }
        get(some);
    }

    private void get(List<ModelKey> wanted) throws Exception {
        long startNanos = System.nanoTime();
        List<Long> floors = new ArrayList<>();
        StringBuilder request = new StringBuilder("get");
        for (ModelKey key : wanted) {
            floors.add(key.atLeast());
            request.append(' ').append(key.name());
        }
        Retrieved found = client.retrieve(request.toString());
        count(wanted.size() == 1 ? "get" : "get of some", found.failed() ? found.error() : "answered");
        if (found.failed()) {
            return;
        }
        Map<String, TextItem> items = new HashMap<>();
        found.items().forEach(item -> items.put(item.key(), item));
        for (int i = 0; i < wanted.size(); i++) {
            ModelKey key = wanted.get(i);
            String what = wanted.size() == 1 ? "get" : "get of " + wanted.size();
            if (failuresAreMisses && wanted.size() > 1 && !items.containsKey(key.name())) {
                continue;
            }
            if (key.isCounter()) {
                key.counterSeen(items.get(key.name()), floors.get(i), what);
            } else {
                key.seen(items.get(key.name()), startNanos, null, what);
            }
        }
    }

    private String storage(String command, ModelKey key, long id) {
        String value = ModelValue.written(id, random.nextInt(20) == 0 ? random.nextInt(LONGEST_FILLING) : 0);
        return TextClient.storage(command, key.name(), ModelKey.flagsOf(id), 0, value);
    }

    private void store(String command, ModelKey key) throws Exception {
        Operation write = key.begin(ids.incrementAndGet(), OperationEffect.WRITE);
        String answer = count(command, client.ask(storage(command, key, write.id())));
        switch (answer) {
            case "STORED" -> {
                key.done(write, command);
                if (!command.equals("set")) {
                    key.found(command.equals("replace"), write.startNanos(), write, command);
                }
            }
            case "NOT_STORED" -> {
                key.refused(write, command, answer);
                key.found(command.equals("add"), write.startNanos(), write, command);
            }
            default -> failed(key, write, command, answer);
        }
    }

    private void append(ModelKey key) throws Exception {
        Operation append = key.begin(ids.incrementAndGet(), OperationEffect.APPEND);
        String word = ModelValue.appended(append.id());
        conditional(key, append, "append", client.ask(TextClient.storage("append", key.name(), 0, 0, word)));
    }

    private void delete(ModelKey key) throws Exception {
        Operation delete = key.begin(ids.incrementAndGet(), OperationEffect.DELETE);
        conditional(key, delete, "delete", client.ask("delete " + key.name() + "\r\n"));
    }

    /** What needs a value there, and says whether there was one. */
    private void conditional(ModelKey key, Operation operation, String command, String answer) {
        switch (count(command, answer)) {
            case "STORED", "DELETED" -> {
                key.done(operation, command);
                key.found(true, operation.startNanos(), operation, command);
            }
            case "NOT_STORED", "NOT_FOUND" -> {
                key.refused(operation, command, answer);
                key.found(false, operation.startNanos(), operation, command);
            }
            default -> failed(key, operation, command, answer);
        }
    }

    private void touch(ModelKey key) throws Exception {
        long startNanos = System.nanoTime();
        String answer = count("touch", client.ask("touch " + key.name() + " 0\r\n"));
        if (answer.equals("TOUCHED") || answer.equals("NOT_FOUND")) {
            key.found(answer.equals("TOUCHED"), startNanos, null, "touch");
        } else {
            requireFailure("touch", answer);
        }
    }

    private void compareAndSwap(ModelKey key) throws Exception {
        long startNanos = System.nanoTime();
        Retrieved found = client.retrieve("gets " + key.name());
        count("gets", found.failed() ? found.error() : "answered");
        if (found.failed()) {
            return;
        }
        TextItem item = found.items().isEmpty() ? null : found.items().get(0);
        long lookedNanos = System.nanoTime();
        key.seen(item, startNanos, null, "gets");
        if (item == null) {
            return;
        }
        HeldItem seen = new HeldItem(item, lookedNanos);
        HeldItem earlier = held.put(key, seen);
        compareAndSwap(key, earlier != null && random.nextInt(3) == 0 ? earlier : seen);
    }

    private void compareAndSwap(ModelKey key, HeldItem seen) throws Exception {
        TextItem item = seen.item();
        Operation write = key.begin(ids.incrementAndGet(), OperationEffect.WRITE);
        String value = ModelValue.written(write.id(), 0);
        String answer = client.ask("cas " + key.name() + ' ' + ModelKey.flagsOf(write.id()) + " 0 " + value.length()
                + ' ' + Long.toUnsignedString(item.cas()) + "\r\n" + value + "\r\n");
        switch (count("cas", answer)) {
            case "STORED" -> {
                key.done(write, "cas");
                key.casStored(seen.lookedNanos(), write);
            }
            case "EXISTS" -> key.refused(write, "cas", answer);
            case "NOT_FOUND" -> {
                key.refused(write, "cas", answer);
                key.found(false, write.startNanos(), write, "cas");
            }
            default -> failed(key, write, "cas", answer);
        }
    }

    /** In one packet: the client must read its own write. */
    private void setAndGet(ModelKey key) throws Exception {
        Operation write = key.begin(ids.incrementAndGet(), OperationEffect.WRITE);
        String answer = client.ask(storage("set", key, write.id()) + "get " + key.name() + "\r\n");
        if (count("set before get", answer).equals("STORED")) {
            key.done(write, "set before get");
        } else {
            failed(key, write, "set before get", answer);
        }
        Retrieved found = client.retrieved();
        count("get after set", found.failed() ? found.error() : "answered");
        if (!found.failed()) {
            TextItem item = found.items().isEmpty() ? null : found.items().get(0);
            key.seen(item, write.startNanos(), write, "get after set");
        }
    }

    private void increment(ModelKey key) throws Exception {
        long atLeast = key.beginIncrement();
        String answer = client.ask("incr " + key.name() + " 1\r\n");
        count("incr", answer.startsWith("SERVER_ERROR") ? answer : "answered");
        key.incremented(answer, atLeast);
    }

    private static void failed(ModelKey key, Operation operation, String command, String answer) {
        requireFailure(command + ' ' + key.name(), answer);
        key.failed(operation, command, answer);
    }

    private static void requireFailure(String request, String answer) {
        if (!answer.startsWith("SERVER_ERROR")) {
            throw new AssertionError("answer to " + request + ": " + answer);
        }
    }
}
