import { afterEach } from "vitest";
import { takeDenied } from "../support/denied.ts";

// A function that catches what it is denied, logs it and tries again in its next run fails no test by itself: deployed, it
// would do so for ever.
afterEach(() => {
  const [first] = takeDenied();
  if (first !== undefined) throw new Error(first);
});
