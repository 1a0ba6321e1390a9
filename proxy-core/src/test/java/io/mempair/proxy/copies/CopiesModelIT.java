package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.NoLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link CopiesModel} behind one proxy. */
@ExtendWith(NoLeaks.class)
class CopiesModelIT {

    @Test
    void noAnswerIsALieWhileServersFailOneAfterTheOther() throws Exception {
        CopiesModel.run(1);
    }
}
