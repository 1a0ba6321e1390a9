package io.mempair.deploy.handover;

/** The program behind {@code deploy/handover.sh}. It runs on the client's host of a lab that is up. */
public final class HandoverProgram {

    private HandoverProgram() {}

    /** Arguments: those of the script, the folder of deploy and one for files of this run. */
    public static void main(String[] arguments) throws InterruptedException {
        HandoverOptions options;
        try {
            options = HandoverOptions.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("handover.sh: " + e.getMessage());
            System.exit(2);
            return;
        }
        boolean holds = options.faults() > 0 ? new HandoverFaults(options).run() : new HandoverShow(options).run();
        System.exit(holds ? 0 : 1);
    }
}
