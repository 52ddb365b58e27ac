/**
 * Every key of the state table, in one place (one line per question that somebody asks).
 * `pk` and `sk` are strings; names that people choose are the last part, so a `#` in them does no harm.
 */
export interface Key {
  pk: string;
  sk: string;
}

/** A service's place in RingCX by name: ids are only a cache. */
export interface ServiceName {
  accountId: string;
  groupName: string;
  serviceDescription: string;
}

// A slash parts group from service, so one in a group's name is escaped: "a/b" + "c" is not "a" + "b/c".
const part = (name: string) => name.replaceAll("%", "%25").replaceAll("/", "%2F");
const servicePath = (groupName: string, serviceDescription: string) => `${part(groupName)}/${part(serviceDescription)}`;

export const keys = {
  /** What do we know of this account? The pk of its services, lease and creations. */
  account: (accountId: string) => `ACCOUNT#${accountId}`,
  service: ({ accountId, groupName, serviceDescription }: ServiceName): Key => ({
    pk: `ACCOUNT#${accountId}`,
    sk: `SERVICE#${servicePath(groupName, serviceDescription)}`,
  }),
  /** What do we know of this group, of this auth config? By the name that a message gave it. */
  group: (accountId: string, groupName: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: `GROUP#${groupName}` }),
  authConfig: (accountId: string, providerName: string): Key => ({
    pk: `ACCOUNT#${accountId}`,
    sk: `AUTHCONFIG#${providerName}`,
  }),
  /** Why is this service inactive? One record, three writers. */
  activation: ({ accountId, groupName, serviceDescription }: ServiceName): Key => ({
    pk: `ACCOUNT#${accountId}`,
    sk: `ACTIVATION#${servicePath(groupName, serviceDescription)}`,
  }),
  activationsOfAccount: "ACTIVATION#",
  servicesOfAccount: "SERVICE#",
  /** Which alarms name this service by a tag? */
  taggedService: ({ accountId, groupName, serviceDescription }: ServiceName): Key => ({
    pk: `ACCOUNT#${accountId}`,
    sk: `TAGGED#${servicePath(groupName, serviceDescription)}`,
  }),
  taggedServicesOfAccount: "TAGGED#",
  creating: (accountId: string, resource: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: `CREATING#${resource}` }),
  /** When was it deleted, and by which message? An older message must not bring it back. */
  retired: (accountId: string, resource: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: `RETIRED#${resource}` }),
  accountLease: (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: "LEASE" }),
  /** How many services has it, and which were deactivated for an outage that nothing but an alarm speaks for? */
  blastRadius: (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: "BLASTRADIUS" }),
  accountSweep: (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: "SWEEP" }),

  /** Which services depend on this alarm? */
  alarm: (alarmArn: string) => `ALARM#${alarmArn}`,
  alarmService: (alarmArn: string, { accountId, groupName, serviceDescription }: ServiceName): Key => ({
    pk: `ALARM#${alarmArn}`,
    sk: `SERVICE#${accountId}/${servicePath(groupName, serviceDescription)}`,
  }),

  /** Which services does a tag of this alarm name? */
  alarmTagged: (alarmArn: string, { accountId, groupName, serviceDescription }: ServiceName): Key => ({
    pk: `ALARM#${alarmArn}`,
    sk: `TAGGED#${accountId}/${servicePath(groupName, serviceDescription)}`,
  }),
  /** Which alarms have a tag that names services, as it was last read? */
  alarmTags: { pk: "FAILOVER", sk: "ALARMTAGS" },

  /** Which auth configs does this secret feed? */
  secret: (secretArn: string) => `SECRET#${secretArn}`,
  secretAuth: (secretArn: string, accountId: string, authConfigId: string): Key => ({
    pk: `SECRET#${secretArn}`,
    sk: `AUTH#${accountId}/${authConfigId}`,
  }),
  /** Which credential of the issuer is in this version, and when is it to be revoked? */
  secretCredential: (secretArn: string, versionId: string): Key => ({
    pk: `SECRET#${secretArn}`,
    sk: `CREDENTIAL#${versionId}`,
  }),
  /** Which rotation did our own schedule ask for? */
  secretRequest: (secretArn: string): Key => ({ pk: `SECRET#${secretArn}`, sk: "REQUEST" }),
  /** What is overdue, what is diverged? As of the last run. */
  rotationReport: { pk: "ROTATION", sk: "REPORT" },

  /** Which version is applied, which services use it, what happened before? */
  auth: (accountId: string, authConfigId: string) => `AUTH#${accountId}/${authConfigId}`,
  authState: (accountId: string, authConfigId: string): Key => ({
    pk: `AUTH#${accountId}/${authConfigId}`,
    sk: "STATE",
  }),
  authHistory: (accountId: string, authConfigId: string, at: string): Key => ({
    pk: `AUTH#${accountId}/${authConfigId}`,
    sk: `HISTORY#${at}`,
  }),
  authService: (authConfigId: string, { accountId, groupName, serviceDescription }: ServiceName): Key => ({
    pk: `AUTH#${accountId}/${authConfigId}`,
    sk: `SERVICE#${servicePath(groupName, serviceDescription)}`,
  }),

  session: (connection: string): Key => ({ pk: `CONNECTION#${connection}`, sk: "SESSION" }),
  quota: (scope: string): Key => ({ pk: `QUOTA#${scope}`, sk: "WINDOW" }),

  /** What became of this message? */
  outcome: (source: string, id: string): Key => ({ pk: `OUTCOME#${source}`, sk: id }),
  outcomesOfDay: (date: string) => `OUTCOMES#${date}`,
  outcomeOfDay: (time: string, source: string, id: string): Key => ({
    pk: `OUTCOMES#${time.slice(0, 10)}`,
    sk: `${time}#${source}/${id}`,
  }),
  /** Genuine failures of this message so far (deliveries do not count). */
  attempts: (source: string, id: string): Key => ({ pk: `ATTEMPTS#${source}`, sk: id }),
} as const;
