package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.NoLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link CopiesModel} behind the proxies of a pair, which serve in turn. */
@ExtendWith(NoLeaks.class)
class HandedOverModelIT {

    @Test
    void noAnswerIsALieWhileServersFailAndReignsEnd() throws Exception {
        CopiesModel.run(2);
    }
}
