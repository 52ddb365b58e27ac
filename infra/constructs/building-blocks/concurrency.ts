/**
 * How many executions the functions are given at once, by what asks for them: the one place that says it. An SQS event
 * source takes two at least. RingCX's limit is what bounds the work; more at once would only wait for each other.
 * Source: AWS Lambda Developer Guide, "Configuring maximum concurrency for Amazon SQS event sources".
 */
export const concurrency = {
  AcceptMessages: { messages: 2 },
  ProvisionServices: { wakes: 5 },
  /** The sweep ends before the next one begins. */
  FailOverServices: { alarms: 2, commands: 2, sweep: 1 },
  RotateCredentials: { sync: 1 },
  /** Secrets Manager asks for as many as there are rotations at the same time: mostly one. */
  RotateSecret: { rotation: 1 },
} as const satisfies Record<string, Record<string, number>>;

const sum = (shares: Readonly<Record<string, number>>): number => Object.values(shares).reduce((a, b) => a + b, 0);

/** Executions at once that all functions of an environment ask for together. */
export const concurrencyOfAll = Object.values(concurrency).reduce((total, shares) => total + sum(shares), 0);

/** What failover asks for, and what is reserved for it where settings say so: all of it, so that nothing of it waits. */
export const concurrencyOfFailover = sum(concurrency.FailOverServices);
