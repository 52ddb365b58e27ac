/**
 * Alternatives under which the story cannot come to its usual end, and what is told then. An alternative that is not here
 * must make no difference at all.
 */
export const noticed: Readonly<Record<string, RegExp>> = {
  "services.inactivePut: conflict": /ASSUMPTION_BROKEN: services\.inactivePut is "conflict"/,
  "services.inactiveInputs: conflict": /ASSUMPTION_BROKEN: services\.inactiveInputs is "conflict"/,
  "services.inactiveDelete: conflict": /ASSUMPTION_BROKEN: services\.inactiveDelete is "conflict"/,
  "services.workflows: deleteAndPut": /ASSUMPTION_BROKEN: services\.workflows is "deleteAndPut"/,
  "services.workflows: deleteAndDeactivate":
    /failOver FAILED: .*ASSUMPTION_BROKEN: services\.workflows is "deleteAndDeactivate"/,
  "authConfigs.id: replaced": /ASSUMPTION_BROKEN: authConfigs\.id is "replaced"/,
};
