/**
 * How many executions the functions are given at once, by what asks for them: the one place that says it. An SQS event
 * source takes two at least. RingCX's limit is what bounds the work; more at once would only wait for each other.
 * Source: AWS Lambda Developer Guide, "Configuring maximum concurrency for Amazon SQS event sources".
 */
export const concurrency = {
  AcceptMessages: { messages: 2 },
  ProvisionServices: { wakes: 5 },
  /** A tick only sends messages; accounts are swept by tens. Of alarms an account for which RingCX fails takes one for longer. */
  FailOverServices: { alarms: 10, commands: 2, tick: 1 },
  RotateCredentials: { sync: 1 },
  /** Secrets Manager asks for as many as there are rotations at the same time: mostly one. */
  RotateSecret: { rotation: 1 },
} as const satisfies Record<string, Record<string, number>>;

/** The share of one execution in the accounts, so that each is swept within its minute: ten at once, in a few seconds. */
const accountsPerSweep = 50;

/** How many executions sweep accounts at once. */
export function concurrencyOfSweeps({ connections }: WithAccounts): number {
  const accounts = connections.reduce((total, { accountIds }) => total + accountIds.length, 0);
  return Math.max(2, Math.ceil(accounts / accountsPerSweep));
}

type WithAccounts = { connections: readonly { accountIds: readonly string[] }[] };

const sum = (shares: Readonly<Record<string, number>>): number => Object.values(shares).reduce((a, b) => a + b, 0);

/** Executions at once that all functions of an environment ask for together. */
export function concurrencyOfAll(settings: WithAccounts): number {
  return Object.values(concurrency).reduce((total, shares) => total + sum(shares), 0) + concurrencyOfSweeps(settings);
}

/** What failover asks for, and what is reserved for it where settings say so: all of it, so that nothing of it waits. */
export function concurrencyOfFailover(settings: WithAccounts): number {
  return sum(concurrency.FailOverServices) + concurrencyOfSweeps(settings);
}
