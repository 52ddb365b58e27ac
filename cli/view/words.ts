/** How long ago something was, or how long it takes until it is, in words. @param now epoch milliseconds */
export function when(iso: string, now: number): string {
  const ms = Date.parse(iso);
  if (!Number.isFinite(ms)) return iso;
  const distance = duration(Math.abs(now - ms));
  if (Math.abs(now - ms) < 1_000) return "now";
  return ms < now ? `${distance} ago` : `in ${distance}`;
}

/** A duration in its largest unit: `5 min`. @param ms milliseconds */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** `1 service`, `2 services`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Lines, each indented by two spaces. */
export function indented(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split("\n")).map((line) => `  ${line}`);
}
