import { type RotateSecretCommand, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { versionWith } from "../../../infra/local/secrets-manager/secret.ts";
import type { Happening } from "./happenings.ts";
import { accountOf, alarms } from "./manifests.ts";
import type { System } from "./system.ts";

/** What people do outside of the automation: in Secrets Manager, in CloudWatch and in RingCX's admin page. */
export class People {
  /** When one last changed a service in the admin page, by account and name; epoch milliseconds. */
  readonly clicked = new Map<string, { at: number; isRenamed: boolean }>();
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
  }

  /** A person in Secrets Manager's console; what is refused there is seen by them alone. */
  async inSecretsManager(command: RotateSecretCommand | UpdateSecretVersionStageCommand): Promise<void> {
    await this.#system.outside.secrets
      .send(command as RotateSecretCommand)
      .catch((error: unknown) => this.#system.note(`  refused: ${String(error)}`));
  }

  /** Makes the version before the current one again. */
  async goBack(SecretId: string): Promise<void> {
    const secret = this.#system.outside.store.get(SecretId);
    const versions = { to: versionWith(secret, "AWSPREVIOUS"), from: versionWith(secret, "AWSCURRENT") };
    if (!versions.to || !versions.from) return;
    const [MoveToVersionId, RemoveFromVersionId] = [versions.to.versionId, versions.from.versionId];
    const move = { VersionStage: "AWSCURRENT", MoveToVersionId, RemoveFromVersionId };
    await this.inSecretsManager(new UpdateSecretVersionStageCommand({ SecretId, ...move }));
  }

  /** Writes an alarm's tag, or takes it away. */
  tagAlarm({ alarm, account, service }: Happening & { do: "alarm tag" }): void {
    const { alarmTags, simulator } = this.#system.outside;
    const accountId = accountOf(account);
    const found = simulator
      .state(accountId)
      .groups.flatMap(({ services }) => services)
      .find(({ serviceDescription }) => serviceDescription === service);
    const arn = String(alarms[alarm]);
    if (found) alarmTags.set(arn, `${accountId}/${found.serviceGroupId}/${found.serviceId}`);
    else alarmTags.delete(arn);
  }

  /** Changes a service in RingCX's admin page. */
  click({ account, service, what }: Happening & { do: "click" }): void {
    const { outside, time } = this.#system;
    const accountId = accountOf(account);
    for (const { serviceGroupId, services: found } of outside.simulator.state(accountId).groups) {
      for (const { serviceId, serviceDescription } of found) {
        if (serviceDescription !== service) continue;
        const changes = {
          enable: { isEnabled: true },
          disable: { isEnabled: false },
          rename: { serviceDescription: `${service}, renamed` },
          edit: { httpServiceConfig: JSON.stringify({ url: `${outside.crm.url}/by-hand` }) },
        }[what];
        outside.simulator.editService({ accountId, serviceGroupId, serviceId }, changes);
        this.#system.lookAtRingCx(true);
        const key = `${accountId}/${service}`;
        const isRenamed = what === "rename" || (this.clicked.get(key)?.isRenamed ?? false);
        this.clicked.set(key, { at: time.now, isRenamed });
      }
    }
  }
}
