import { type AlarmMessages, alarmsOf, type PlainService, takeOut } from "./plain-function.ts";

/** The work written plainly, without AWS: which service depends on which alarm is in a variable. */
export async function handler(event: AlarmMessages): Promise<void> {
  const services = JSON.parse(process.env.SERVICES ?? "{}") as Record<string, PlainService>;
  await takeOut(alarmsOf(event).flatMap((arn) => services[arn] ?? []));
}
