package io.mempair.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Operation.OperationEffect;
import io.mempair.proxy.testkit.OperationHistory.Look;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The checker finds the lies that are planted, and no others. */
class OperationHistoryTest {

    private final OperationHistory history = new OperationHistory(0);

    private Operation write(long id, long start, long end) {
        return done(id, OperationEffect.WRITE, start, end);
    }

    private Operation delete(long id, long start, long end) {
        return done(id, OperationEffect.DELETE, start, end);
    }

    private Operation append(long id, long start, long end) {
        return done(id, OperationEffect.APPEND, start, end);
    }

    private Operation done(long id, OperationEffect effect, long start, long end) {
        Operation operation = history.begin(id, effect, start);
        assertThat(history.done(operation, end)).isEmpty();
        return operation;
    }

    private Operation failed(long id, OperationEffect effect, long start) {
        Operation operation = history.begin(id, effect, start);
        history.failed(operation);
        return operation;
    }

    private Optional<String> value(String text, long start, long end) {
        return history.wrongValue(ModelValue.parse(text).orElseThrow(), new Look(start, end));
    }

    private Optional<String> miss(long start, long end) {
        return history.wrongMiss(new Look(start, end));
    }

    @Test
    void valuesNameTheirWriters() {
        assertThat(ModelValue.parse(ModelValue.written(17, 3) + ModelValue.appended(18) + ModelValue.appended(20)))
                .contains(new ModelValue(17, List.of(18L, 20L)));
        assertThat(ModelValue.parse("w17:==+18+")).isEmpty();
        assertThat(ModelValue.parse("+18")).isEmpty();
        assertThat(ModelValue.parse("")).isEmpty();
    }

    @Test
    void anOverwrittenValueIsALieOnceTheOverwriteWasAcknowledged() {
        write(1, 10, 20);
        write(2, 30, 40);

        assertThat(value("w2:", 50, 60)).isEmpty();
        assertThat(value("w1:", 35, 60)).as("while it is overwritten").isEmpty();
        assertThat(value("w1:", 50, 60)).isPresent();
        assertThat(value("w3:", 50, 60)).as("of nobody").isPresent();
    }

    @Test
    void ofTwoWritesAtTheSameTimeEitherMayBeTheLater() {
        write(1, 10, 20);
        write(2, 15, 30);

        assertThat(value("w1:", 50, 60)).isEmpty();
        assertThat(value("w2:", 50, 60)).isEmpty();
    }

    @Test
    void aValueFromTheFutureAndOneThatWasRefusedAreLies() {
        Operation refused = history.begin(1, OperationEffect.WRITE, 10);
        assertThat(history.refused(refused, 20)).isEmpty();
        history.begin(2, OperationEffect.WRITE, 70);

        assertThat(value("w1:", 50, 60)).isPresent();
        assertThat(value("w2:", 50, 60)).isPresent();
        assertThat(value("w2:", 50, 80)).as("while it is written").isEmpty();
    }

    @Test
    void aDeletedValueIsALieAndAMissIsOneUntilItIsDeleted() {
        assertThat(miss(1, 2)).as("before the first write").isEmpty();
        write(1, 10, 20);
        assertThat(miss(15, 25)).as("while it is written").isEmpty();
        assertThat(miss(30, 40)).isPresent();
        delete(2, 50, 60);

        assertThat(miss(55, 58)).isEmpty();
        assertThat(miss(70, 80)).isEmpty();
        assertThat(value("w1:", 55, 80)).isEmpty();
        assertThat(value("w1:", 70, 80)).isPresent();
        assertThat(history.wrongPresence(null, new Look(70, 80))).isPresent();

        write(3, 90, 100);
        assertThat(miss(110, 120)).isPresent();
        assertThat(history.wrongPresence(null, new Look(110, 120))).isEmpty();
    }

    @Test
    void aWriteThatFailedMayShowOrNotAndMayHaveDeleted() {
        write(1, 10, 20);
        failed(2, OperationEffect.WRITE, 30);

        assertThat(value("w1:", 50, 60)).isEmpty();
        assertThat(value("w2:", 50, 60)).isEmpty();
        assertThat(miss(50, 60)).isEmpty();
        write(3, 70, 80);
        assertThat(value("w2:", 90, 95)).as("late").isEmpty();
        assertThat(value("w1:", 90, 95)).isPresent();
    }

    @Test
    void aDeleteThatFailedMayShowOrNot() {
        write(1, 10, 20);
        failed(2, OperationEffect.DELETE, 30);

        assertThat(value("w1:", 50, 60)).isEmpty();
        assertThat(miss(50, 60)).isEmpty();
    }

    @Test
    void whatWasHeldWhenAllWasQuietIsAllThereMayBeFromThenOn() {
        write(1, 10, 20);
        failed(2, OperationEffect.WRITE, 30);
        assertThat(history.settle(ModelValue.parse("w1:"), 100)).isEmpty();

        assertThat(value("w1:", 110, 120)).isEmpty();
        assertThat(value("w2:", 110, 120)).isPresent();
        assertThat(miss(110, 120)).isPresent();
    }

    @Test
    void whatIsHeldWhenAllIsQuietMustBeTrueToo() {
        write(1, 10, 20);
        write(2, 30, 40);
        assertThat(history.settle(ModelValue.parse("w1:"), 100)).isPresent();
        assertThat(history.settle(Optional.empty(), 110)).isPresent();
        assertThat(miss(120, 130)).isEmpty();
    }

    @Test
    void aMissThatOnlyAFailureCouldExplainWaitsForTheOutcome() {
        write(1, 10, 20);
        Operation second = history.begin(2, OperationEffect.WRITE, 30);
        Operation third = history.begin(3, OperationEffect.WRITE, 31);
        assertThat(miss(40, 50)).isEmpty();

        assertThat(history.done(second, 60)).as("the third may still fail").isEmpty();
        assertThat(history.done(third, 70)).isPresent();
        assertThat(history.done(history.begin(4, OperationEffect.WRITE, 80), 90))
                .as("said once")
                .isEmpty();
    }

    @Test
    void aMissThatAFailureExplainsIsForgotten() {
        write(1, 10, 20);
        Operation second = history.begin(2, OperationEffect.WRITE, 30);
        assertThat(miss(40, 50)).isEmpty();

        history.failed(second);
        assertThat(history.done(history.begin(3, OperationEffect.WRITE, 80), 90))
                .isEmpty();
    }

    @Test
    void anAcknowledgedAppendIsThereExactlyOnce() {
        write(1, 10, 20);
        append(2, 30, 40);

        assertThat(value("w1:+2", 50, 60)).isEmpty();
        assertThat(value("w1:", 50, 60)).as("lost").isPresent();
        assertThat(value("w1:", 35, 60)).as("while it is appended").isEmpty();
        assertThat(value("w1:+2+2", 50, 60)).as("twice").isPresent();
        assertThat(value("w1:+9", 50, 60)).as("of nobody").isPresent();
    }

    @Test
    void appendsKeepTheirOrderAndDoNotOutliveTheirValue() {
        write(1, 10, 20);
        append(2, 30, 40);
        append(3, 50, 60);
        assertThat(value("w1:+2+3", 70, 80)).isEmpty();
        assertThat(value("w1:+3+2", 70, 80)).isPresent();

        write(4, 90, 100);
        assertThat(value("w4:", 110, 120)).isEmpty();
        assertThat(value("w4:+2", 110, 120)).isPresent();
    }

    @Test
    void anAppendThatFailedMayShowOnceOrNot() {
        write(1, 10, 20);
        failed(2, OperationEffect.APPEND, 30);

        assertThat(value("w1:", 50, 60)).isEmpty();
        assertThat(value("w1:+2", 50, 60)).isEmpty();
        assertThat(value("w1:+2+2", 50, 60)).isPresent();
    }

    @Test
    void aClientReadsItsOwnWritesThoughTheirAnswersCameTogether() {
        write(1, 10, 20);
        Operation own = write(2, 30, 50);
        Look look = new Look(30, 51, own);

        assertThat(history.wrongValue(ModelValue.parse("w2:").orElseThrow(), look))
                .isEmpty();
        assertThat(history.wrongValue(ModelValue.parse("w1:").orElseThrow(), look))
                .isPresent();
        assertThat(history.wrongMiss(look)).isPresent();
        assertThat(value("w1:", 30, 51)).as("of another client").isEmpty();
    }

    @Test
    void anAddThatStoredSaysThatThereWasNothingAndAReplaceThatThereWas() {
        write(1, 10, 20);
        write(2, 30, 40);
        assertThat(miss(30, 40)).as("what 2 says, were it an add").isPresent();
        delete(3, 50, 60);
        Operation replace = write(4, 70, 80);
        assertThat(history.wrongPresence(replace, new Look(70, 80))).isPresent();
    }

    @Test
    void aCasMustNotStoreOverWhatItHasNotSeen() {
        write(1, 10, 20);
        Operation good = write(2, 40, 50);
        assertThat(history.wrongCas(30, good)).isEmpty();

        append(3, 60, 70);
        Operation bad = write(4, 80, 90);
        assertThat(history.wrongCas(55, bad)).isPresent();
    }
}
