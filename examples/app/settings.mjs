/** @type {import("ringcx-service-automation").RingCxAutomationProps} */
export const settings = {
  name: "test",
  // Your RingCX account.
  connections: [{ name: "main", accountIds: ["123456"] }],
  // The only hosts that may be asked whether they work, and sent a credential.
  probe: { allowedHosts: ["api.example.com"] },
  // Says what it would do about an outage, and does it not yet.
  failover: { mode: "observe" },
  notifications: { alarms: ["on-call@example.com"] },
};
