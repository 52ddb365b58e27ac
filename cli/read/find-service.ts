import { nearest } from "../../shared/primitives/nearest.ts";
import { displayName, nameWithAccount, type ServiceName } from "../../shared/records/service-name.ts";
import { UsageError } from "../exit-codes.ts";

/**
 * The service that somebody means: by its whole name (`group/service`, or `account/group/service`), or by the end of it,
 * or a part, where that is one service's alone. Upper and lower case are the same, unless several names differ in nothing else:
 * then a whole name as it is spelled is that one's. Pure.
 *
 * @throws {UsageError} that offers those that it may be
 */
export function findService<Service extends NamedService>(services: readonly Service[], text: string): Service {
  const spelled = text.trim();
  const wanted = spelled.toLowerCase();
  const fits: readonly ((service: Service) => boolean)[] = [
    ({ name }) => nameWithAccount(name) === spelled,
    ({ name }) => displayName(name) === spelled,
    (service) => fullName(service) === wanted,
    (service) => displayName(service.name).toLowerCase() === wanted,
    (service) => service.name.serviceDescription.toLowerCase() === wanted,
    // As a person has renamed it: nothing else is known by that.
    ({ name, declared }) =>
      declared?.shownAs !== undefined && endsWith(`${name.accountId}/${declared.shownAs}`, wanted),
    (service) => wanted !== "" && fullName(service).endsWith(wanted),
    (service) => wanted !== "" && fullName(service).includes(wanted),
  ];
  for (const fit of fits) {
    const found = services.filter(fit);
    if (found.length === 1 && found[0]) return found[0];
    if (found.length > 1) {
      const names = found.slice(0, 10).map((service) => `  ${nameWithAccount(service.name)}`);
      const more = found.length > 10 ? [`  and ${found.length - 10} more`] : [];
      const accounts = new Set(found.map(({ name }) => name.accountId));
      // Where the names are the same no more of them can be said.
      const isSameName = new Set(found.map(({ name }) => displayName(name).toLowerCase())).size === 1;
      const told =
        isSameName && accounts.size > 1
          ? `"${text}" is a service of ${accounts.size} accounts; say which, with --account ${[...accounts].sort().join(" or ")}:`
          : `"${text}" may be several services; say more of its name:`;
      throw new UsageError([told, ...names, ...more].join("\n"));
    }
  }
  const renamed = services.filter(({ declared }) => declared?.formerNames?.some((former) => endsWith(former, wanted)));
  if (wanted !== "" && renamed[0]) {
    const names = renamed.map(({ name }) => `"${nameWithAccount(name)}"`).join(" or ");
    throw new UsageError(`No service is known as "${text}" any more: it was renamed, and is called ${names} now.`);
  }
  const shown = services.map(({ name }) => displayName(name));
  const isShared = (name: string) => shown.indexOf(name) !== shown.lastIndexOf(name);
  const known = services.map(({ name }, at) => (isShared(shown[at] ?? "") ? nameWithAccount(name) : displayName(name)));
  const none =
    known.length === 0 ? " Nothing is known of any service: was a message sent, and is the account right?" : "";
  throw new UsageError(`No service is known as "${text}".${nearest(text, known)}${none}`);
}

/** A service, with the names that it had before, and the one that a person has given it. */
interface NamedService {
  name: ServiceName;
  declared?: { formerNames?: readonly string[] | undefined; shownAs?: string | undefined } | undefined;
}

/** Whether a path, `group/service`, is what somebody means, or ends so. */
function endsWith(path: string, wanted: string): boolean {
  return `/${path.toLowerCase()}`.endsWith(`/${wanted}`);
}

function fullName({ name }: { name: ServiceName }): string {
  return nameWithAccount(name).toLowerCase();
}
