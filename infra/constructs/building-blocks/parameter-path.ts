/** Where an environment's parameters of Systems Manager are. */
export function parameterPath(environmentName: string): string {
  return `/ringcx-automation/${environmentName}`;
}
