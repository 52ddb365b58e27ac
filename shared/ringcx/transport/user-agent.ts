/**
 * RingCX asks server-side integrations for a stable name: that of this software and its version. Written down here, not
 * imported from package.json, which would get into every bundle whole; a test holds the two together.
 */
export const userAgent = "ringcx-service-automation/0.1.0";
